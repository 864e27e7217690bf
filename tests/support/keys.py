"""Which keys may stand in Redis after a test, and which have no reason to."""

import re
from typing import Any

# One key each, however many jobs there were: they are the engine's own bookkeeping (see engine/keys.py).
_FIXED = {
    "meta", "lanes", "names", "marks", "processing", "scheduled", "finished", "workers", "running", "beats", "gone",
    "callers", "watched", "types", "limits", "paused", "rescued", "aside",
}  # fmt: skip
_KEY = re.compile(r"herdsman:\{([^}]+)\}:(.+)")


def unexplained_keys(client: Any) -> list[str]:
    """The keys that no live job, worker, caller or queue accounts for; a test that leaves one behind fails."""
    return [key.decode() for key in client.scan_iter(count=1000) if not _explained(client, key.decode())]


def _explained(client: Any, key: str) -> bool:  # noqa: PLR0911 - one answer a kind of key
    match = _KEY.fullmatch(key)
    if not match:
        return False
    base, rest = f"herdsman:{{{match[1]}}}", match[2]
    kind, _, name = rest.partition(":")
    if kind in _FIXED:
        return True
    match kind:
        case "lane" | "head":
            return bool(client.hexists(f"{base}:names", name))
        case "wake" | "dead":
            return bool(client.hexists(f"{base}:lanes", name)) or kind == "wake"
        case "ops" | "knows":
            # A worker's memory is dropped by its death mark or by prune; a caller's by prune.
            return any(client.zscore(f"{base}:{zset}", name) for zset in ("callers", "beats")) or _owns(
                client, base, name
            )
        case "job":
            return _has_a_place(client, base, name)
        case _:
            return False


def _owns(client: Any, base: str, who: str) -> bool:
    # An engine that never registered (as tests use it) has no beat; it is known by being no dead one.
    return client.zscore(f"{base}:gone", who) is None


def _has_a_place(client: Any, base: str, job: str) -> bool:
    lane = job.partition("-")[0]
    queue = client.hget(f"{base}:names", lane) or b""
    zsets = ("scheduled", "finished", f"dead:{queue.decode()}")
    if any(client.zscore(f"{base}:{zset}", job) is not None for zset in zsets):
        return True
    if client.lpos(f"{base}:head:{lane}", job) is not None:
        return True
    if any(fields.get(b"ref") == job.encode() for _, fields in client.xrange(f"{base}:lane:{lane}")):
        return True
    return any(lease.startswith(f"{job}/".encode()) for lease in client.zrange(f"{base}:processing", 0, -1))
