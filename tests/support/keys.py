"""Which keys may stand in Redis after a test, and which have no reason to."""

import re
from typing import Any

from tests.support.snapshot import snapshot

# One key each, however many jobs there were: they are the engine's own bookkeeping (see engine/keys.py).
_FIXED = {
    "meta", "lanes", "names", "marks", "processing", "scheduled", "finished", "workers", "running", "beats", "gone",
    "callers", "watched", "cancels", "types", "traits", "limits", "paused", "rescued", "aside", "schedules",
}  # fmt: skip
_KEY = re.compile(r"herdsman:\{([^}]+)\}:(.+)")


def unexplained_keys(client: Any) -> list[str]:
    """The keys that no live job, worker, caller or queue accounts for; a test that leaves one behind fails."""
    client = snapshot(client)
    keys = [key.decode() for key in client.scan_iter(count=1000)]
    spaces = {match[1] for key in keys if (match := _KEY.fullmatch(key))}
    known = {space: _Known(client, f"herdsman:{{{space}}}") for space in spaces}
    return [key for key in keys if not (match := _KEY.fullmatch(key)) or not known[match[1]].explains(match[2])]


class _Known:
    """What a namespace accounts for, read once."""

    def __init__(self, client: Any, base: str) -> None:
        self.names = {key.decode(): name.decode() for key, name in client.hgetall(f"{base}:names").items()}
        self.schedules = _ids(client.hkeys(f"{base}:schedules"))
        self.gone = _ids(client.zrange(f"{base}:gone", 0, -1))
        zsets = ("scheduled", "finished", *(f"dead:{queue}" for queue in self.names.values()))
        self.jobs = {job for zset in zsets for job in _ids(client.zrange(f"{base}:{zset}", 0, -1))}
        self.jobs |= {lease.partition("/")[0] for lease in _ids(client.zrange(f"{base}:processing", 0, -1))}
        for lane in self.names:
            self.jobs |= _ids(client.lrange(f"{base}:head:{lane}", 0, -1))
            self.jobs |= {
                fields[b"ref"].decode() for _, fields in client.xrange(f"{base}:lane:{lane}") if b"ref" in fields
            }

    def explains(self, rest: str) -> bool:
        """Whether there is a reason for the key of that name (behind the base)."""
        kind, _, name = rest.partition(":")
        match kind:
            case "lane" | "head":
                return name in self.names
            case "dead":
                return name in self.names.values()
            case "wake":  # one mark a queue; a worker may listen to a queue that never had a job
                return True
            case "ops" | "knows":
                return name not in self.gone  # dropped with the death mark, or by prune
            case "schedule" | "job":
                return name in (self.schedules if kind == "schedule" else self.jobs)
            case _:
                return kind in _FIXED


def _ids(members: Any) -> set[str]:
    return {member.decode("utf-8", "backslashreplace") for member in members}
