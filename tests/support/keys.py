"""Which keys may stand in Redis after a test, and which have no reason to."""

import re
from typing import Any

from tests.support.snapshot import snapshot

# One key each, however many jobs there were: they are the engine's own bookkeeping (see engine/store/keys.py).
_FIXED = {
    "alarms", "apart", "aside", "audit", "backlog", "beats", "callers", "cancels", "due", "finished",
    "flows", "gone", "groups", "held", "holding", "lanes", "later", "limits", "logouts", "looked", "marks",
    "meta", "names", "newgroups", "parked", "parking", "paused", "processing", "rescued", "running", "said",
    "pace", "scheduled", "schedules", "seal", "stopped", "tenantry", "totals", "traits", "types", "watched", "workers",
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
        self.client, self.base = client, base
        self.names = {key.decode(): name.decode() for key, name in client.hgetall(f"{base}:names").items()}
        self.schedules = _ids(client.hkeys(f"{base}:schedules"))
        self.flows = _ids(client.zrange(f"{base}:flows", 0, -1))
        self.gone = _ids(client.zrange(f"{base}:gone", 0, -1))
        zsets = ("scheduled", "finished", *(f"dead:{queue}" for queue in self.names.values()))
        self.jobs = {job for zset in zsets for job in _ids(client.zrange(f"{base}:{zset}", 0, -1))}
        self.jobs |= {lease.partition("/")[0] for lease in _ids(client.zrange(f"{base}:processing", 0, -1))}
        backlog = client.hgetall(f"{base}:backlog")
        self.busy = {queue.decode() for queue, n in backlog.items() if int(n)}
        self.held = client.hlen(f"{base}:holding")
        for lane in self.names:
            self.jobs |= _ids(client.lrange(f"{base}:head:{lane}", 0, -1))
            self.jobs |= {
                fields[b"ref"].decode() for _, fields in client.xrange(f"{base}:lane:{lane}") if b"ref" in fields
            }

    def explains(self, rest: str) -> bool:
        """Whether there is a reason for the key of that name (behind the base)."""
        kind, _, name = rest.partition(":")
        reasons = {
            "lane": name in self.names,
            "head": name in self.names,
            "apart": name == "lanes",
            "series": not name[:1].isdigit() or self._ends(rest),  # one each; and strings that expire
            "flows": name in {"open", "over", "todo", "stop"},
            "dead": name in self.names.values(),
            "wake": True,  # one mark a queue; a worker may listen to a queue that never had a job
            "ops": name not in self.gone,  # dropped with the death mark, or by prune
            "knows": name not in self.gone,
            "schedule": name in self.schedules,
            "job": name in self.jobs,
            "needs": name in self.jobs,
            "flow": name.partition(":")[0] in self.flows,
            **dict.fromkeys(("state", "ring", "high", "low"), name in self.busy),  # only while something is pending
            **dict.fromkeys(("gcra", "window"), True),  # they expire by themselves
            **dict.fromkeys(("permits", "blocked"), bool(self.held)),
        }
        if kind in ("unique", "cache", "once"):
            return self._is_held(rest) or self._ends(rest)
        return (not name and kind in _FIXED) or reasons.get(kind, False)

    def _ends(self, rest: str) -> bool:
        return bool(self.client.pttl(f"{self.base}:{rest}") != -1)

    def _is_held(self, rest: str) -> bool:
        if not rest.startswith(("unique:", "cache:")):
            return False
        held = (self.client.get(f"{self.base}:{rest}") or b"").decode().split(" ")
        states = [self.client.hget(f"{self.base}:job:{job}", "s") for job in held]
        return all(state in {b"pending", b"scheduled", b"processing"} for state in states)


def _ids(members: Any) -> set[str]:
    return {member.decode("utf-8", "backslashreplace") for member in members}
