"""All that stands in a store, read in one call at one moment; it reads like a client, so that checks can be written as
if they asked the store, and run after every step of a walk at the price of one round trip.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

_SCRIPT = """
local read = {
  hash = function(k) return redis.call('HGETALL', k) end,
  zset = function(k) return redis.call('ZRANGE', k, 0, -1, 'WITHSCORES') end,
  list = function(k) return redis.call('LRANGE', k, 0, -1) end,
  set = function(k) return redis.call('SMEMBERS', k) end,
  stream = function(k) return redis.call('XRANGE', k, '-', '+') end,
  string = function(k) return redis.call('GET', k) end,
}
local found = {}
for i, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  found[i] = { key, kind, read[kind](key), redis.call('PTTL', key) }
end
return found
"""


class Snapshot:
    """The commands of redis-py's client that the checks use; any other goes to the store itself."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.keys: dict[str, Any] = {}
        self._pttl: dict[str, int] = {}
        for key, kind, value, ends in client.eval(_SCRIPT, 0):
            self.keys[key.decode()] = _shaped(kind, value)
            self._pttl[key.decode()] = ends

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def scan_iter(self, match: str = "*", **_: Any) -> Iterator[bytes]:
        """All keys of that pattern (only `*` is special)."""
        pattern = match.replace("[", "[[]")
        return (key.encode() for key in sorted(self.keys) if match == "*" or fnmatchcase(key, pattern))

    def exists(self, key: str) -> int:
        """1 when the key is there."""
        return int(key in self.keys)

    def pttl(self, key: str) -> int:
        """Milliseconds until the key ends; -1 = it does not, -2 = it is not there."""
        return self._pttl.get(key, -2)

    def get(self, key: str) -> Any:
        """A string."""
        return self.keys.get(key)

    def hgetall(self, key: str) -> dict[bytes, bytes]:
        """A hash."""
        return dict(self.keys.get(key, {}))

    def hkeys(self, key: str) -> list[bytes]:
        """A hash's fields."""
        return list(self.keys.get(key, {}))

    def hvals(self, key: str) -> list[bytes]:
        """A hash's values."""
        return list(self.keys.get(key, {}).values())

    def hlen(self, key: str) -> int:
        """How many fields a hash has."""
        return len(self.keys.get(key, {}))

    def hget(self, key: str, field: str | bytes) -> Any:
        """One field of a hash."""
        return self.keys.get(key, {}).get(field.encode() if isinstance(field, str) else field)

    def hmget(self, key: str, *fields: Any) -> list[Any]:
        """Some fields of a hash."""
        names = fields[0] if fields and isinstance(fields[0], list | tuple) else fields
        return [self.hget(key, field) for field in names]

    def smembers(self, key: str) -> set[bytes]:
        """A set."""
        return set(self.keys.get(key, ()))

    def zrange(self, key: str, start: int, end: int, withscores: bool = False) -> list[Any]:
        """Some of a sorted set, lowest first."""
        rows = _cut(self.keys.get(key, []), start, end)
        return rows if withscores else [member for member, _ in rows]

    def zcard(self, key: str) -> int:
        """How many members a sorted set has."""
        return len(self.keys.get(key, []))

    def zscore(self, key: str, member: str | bytes) -> float | None:
        """A member's score."""
        name = member.encode() if isinstance(member, str) else member
        score: float | None = dict(self.keys.get(key, [])).get(name)
        return score

    def lrange(self, key: str, start: int, end: int) -> list[bytes]:
        """Some of a list."""
        return _cut(self.keys.get(key, []), start, end)

    def llen(self, key: str) -> int:
        """How long a list is."""
        return len(self.keys.get(key, []))

    def xlen(self, key: str) -> int:
        """How many entries a stream has."""
        return len(self.keys.get(key, []))

    def xrange(self, key: str, *limits: Any, **others: Any) -> list[Any]:
        """A stream; a part of it is asked of the store."""
        if limits or others:
            rows: list[Any] = self._client.xrange(key, *limits, **others)
            return rows
        return list(self.keys.get(key, []))


def snapshot(client: Any) -> Snapshot:
    """What the store holds now; a snapshot is its own."""
    return client if isinstance(client, Snapshot) else Snapshot(client)


def _cut(rows: list[Any], start: int, end: int) -> list[Any]:
    return rows[start:] if end == -1 else rows[start : end + 1]


def _pairs(flat: list[Any]) -> dict[Any, Any]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _shaped(kind: bytes, value: Any) -> Any:
    """As redis-py would give it."""
    match kind:
        case b"hash":
            return _pairs(value)
        case b"zset":
            return [(member, float(score)) for member, score in _pairs(value).items()]
        case b"set":
            return set(value)
        case b"stream":
            return [(entry, _pairs(fields)) for entry, fields in value]
        case _:
            return value
