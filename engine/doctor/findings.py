"""What a server's settings and state can do to the jobs in it: from facts to findings. Pure."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from engine.entrance.durable import version
from engine.store.storeinfo import product

OLDEST = (7, 0)
RISK, WARNING, NOTE = "risk", "warning", "note"
_LATE_MS = 50.0
_MIB = 1 << 20


class Finding(msgspec.Struct, frozen=True):
    """One thing that was found.

    Attributes:
        name: a word for it that stays.
        level: "risk" (jobs may be lost or refused), "warning" (they may be, should something else go wrong), "note".
        what: what is so. why: what it means for the jobs. todo: what to do; "" when nothing need be.
    """

    name: str
    level: str
    what: str
    why: str
    todo: str = ""


class Replica(msgspec.Struct, frozen=True):
    """A replica as its primary sees it: bytes behind, seconds since it was last heard of."""

    address: str
    state: str
    behind: int
    lag: int


class Facts(msgspec.Struct, frozen=True):
    """What a server says of itself.

    Attributes:
        info: INFO's fields.
        config: CONFIG GET's values; None = it was refused, as managed services do.
        latency_ms: the shortest of a few round trips.
    """

    info: Mapping[str, str]
    config: Mapping[str, str] | None = None
    latency_ms: float = 0.0

    def number(self, field: str) -> int:
        """A field of INFO as a whole number; 0 when it is none."""
        try:
            return int(float(self.info.get(field, 0)))
        except ValueError:
            return 0

    def setting(self, name: str) -> str | None:
        """A value of the configuration; None = not known."""
        return None if self.config is None else self.config.get(name)

    @property
    def replicas(self) -> list[Replica]:
        """Those connected."""
        found = []
        end = self.number("master_repl_offset")
        for index in range(self.number("connected_slaves")):
            said = dict(part.partition("=")[::2] for part in self.info.get(f"slave{index}", "").split(","))
            behind = max(0, end - int(said.get("offset") or 0))
            address = f"{said.get('ip', '?')}:{said.get('port', '?')}"
            found.append(Replica(address, said.get("state", "?"), behind, int(said.get("lag") or 0)))
        return found

    @property
    def snapshot_age(self) -> int:
        """Seconds since the last snapshot (or the start, when there was none), by the server's clock."""
        return max(0, self.number("server_time_usec") // 1_000_000 - self.number("rdb_last_save_time"))


Found = Iterator[Finding]


def findings(facts: Facts) -> list[Finding]:
    """All there is to say, the worst first."""
    found = [one for check in CHECKS for one in check(facts)]
    return sorted(found, key=lambda one: (RISK, WARNING, NOTE).index(one.level))


def _version(facts: Facts) -> Found:
    name, number = product(facts.info), version(facts.info)
    if number < OLDEST:
        yield Finding(
            "version", RISK, f"{name} {_dotted(number)} is older than 7", "the scripts need 7", "use Valkey or Redis 7+"
        )


def _role(facts: Facts) -> Found:
    if facts.info.get("redis_mode") == "sentinel":
        yield Finding("role", RISK, "this is a Sentinel, no store", "it keeps no jobs", "name the primary itself")
    elif facts.info.get("role") == "slave":
        what = "this is a replica"
        yield Finding("role", RISK, what, "it takes no jobs", "name the primary, or let what fails over name it")
    if facts.info.get("loading") == "1":
        yield Finding("loading", WARNING, "it is loading its data", "until then it answers nothing")
    if facts.info.get("cluster_enabled") == "1":
        why = "all keys of a namespace are in one slot, so one node serves it"
        yield Finding("cluster", NOTE, "it is a node of a cluster", why)


def _eviction(facts: Facts) -> Found:
    policy = facts.info.get("maxmemory_policy") or facts.setting("maxmemory-policy")
    if policy in (None, "noeviction"):
        return
    limited = facts.number("maxmemory") > 0
    why = "it deletes keys of its choice when memory is short: queues, leases, jobs" + (
        "" if limited else "; not yet, for it has no maxmemory"
    )
    what = f"maxmemory-policy is {policy}"
    yield Finding("eviction", RISK if limited else WARNING, what, why, "set `maxmemory-policy noeviction`")


def _memory(facts: Facts) -> Found:
    used, limit, machine = (facts.number(f) for f in ("used_memory", "maxmemory", "total_system_memory"))
    if not limit:
        why = "a backlog grows until the system kills it, which loses what is not on disk"
        level = WARNING if machine and used > 0.5 * machine else NOTE
        yield Finding("no-limit", level, "it has no memory limit", why, "set `maxmemory` below what the machine has")
    elif used > 0.8 * limit:
        why = "at the limit new jobs are refused (StoreFull); what is queued goes on"
        level = RISK if used > 0.95 * limit else WARNING
        what = f"{used / limit:.0%} of its {limit // _MIB} MiB are used"
        yield Finding("memory", level, what, why, "raise `maxmemory`, add workers, or bound queues by `max_pending`")


def _persistence(facts: Facts) -> Found:
    if facts.info.get("aof_enabled") != "1":
        save = facts.setting("save")
        kept = "nothing is ever written to disk" if save == "" else f"the last snapshot is {facts.snapshot_age} s old"
        why = "a restart loses all jobs, and the ends of jobs, since the last snapshot"
        yield Finding("appendonly", RISK, f"it keeps no append-only file; {kept}", why, "set `appendonly yes`")
        return
    fsync = facts.setting("appendfsync")
    if fsync == "everysec":
        why = "a crash of the machine (not of the server alone) loses up to 1 s, under a slow disk 2 s"
        yield Finding(
            "fsync",
            NOTE,
            "appendfsync is everysec",
            why,
            "`always` loses nothing, but syncs the disk for each round trip",
        )
    elif fsync == "no":
        why = "a crash of the machine loses what the kernel has not written, up to 30 s"
        yield Finding("fsync", WARNING, "appendfsync is no", why, "set `appendfsync everysec`, or `always`")
    elif fsync is None:
        why = "how much a crash of the machine loses is not known"
        yield Finding("fsync", NOTE, "appendfsync is unknown: CONFIG is refused", why, "ask whoever runs the server")
    if facts.setting("no-appendfsync-on-rewrite") == "yes":
        why = "while it rewrites its file, a crash of the machine loses up to 30 s"
        what = "no-appendfsync-on-rewrite is yes"
        yield Finding("fsync-on-rewrite", WARNING, what, why, "set `no-appendfsync-on-rewrite no`")


def _disk(facts: Facts) -> Found:
    for field, name, level in (
        ("aof_last_write_status", "the last write to the append-only file", RISK),
        ("aof_last_bgrewrite_status", "the last rewrite of the append-only file", WARNING),
        ("rdb_last_bgsave_status", "the last snapshot", WARNING),
    ):
        if facts.info.get(field, "ok") != "ok":
            why = "what it accepts may not reach the disk, or it refuses all writes"
            yield Finding(field, level, f"{name} failed", why, "look for a full disk, and into the server's log")
    if facts.number("aof_delayed_fsync"):
        what = f"{facts.number('aof_delayed_fsync')} writes waited for a sync that took too long"
        yield Finding("slow-disk", NOTE, what, "the disk is slow at times: everything then waits", "a faster disk")


def _replication(facts: Facts) -> Found:
    replicas = facts.replicas
    if not replicas:
        why = "when its machine or its disk is lost, so are the jobs"
        yield Finding("replicas", NOTE, "it has no replica", why, "add one where that matters")
        return
    for one in replicas:
        if one.state != "online" or one.lag > 10 or one.behind > _MIB:  # noqa: PLR2004 - ten times its reporting period
            what = f"replica {one.address} is {one.state}, {one.behind} bytes behind, heard of {one.lag} s ago"
            why = "a failover to it loses what it does not have"
            yield Finding("replica-lag", WARNING, what, why, "look at its log, its network and its load")
    if facts.setting("min-replicas-to-write") == "0":
        why = "cut off from its replicas it goes on taking jobs, which are lost when one of them is promoted"
        what = "min-replicas-to-write is 0"
        yield Finding("split-brain", NOTE, what, why, "set `min-replicas-to-write 1` and `min-replicas-max-lag 10`")


def _clients(facts: Facts) -> Found:
    idle = facts.setting("timeout")
    if idle and idle != "0":
        what = f"it closes connections that were idle for {idle} s"
        yield Finding("timeout", NOTE, what, "a client's next call connects anew; who blocks is spared")
    connected, most = facts.number("connected_clients"), facts.number("maxclients")
    if most and connected > 0.9 * most:
        what = f"{connected} of {most} connections are taken"
        yield Finding("maxclients", WARNING, what, "further workers and producers are refused", "raise `maxclients`")
    words = (facts.setting("client-output-buffer-limit") or "").split()
    hard = int(words[words.index("pubsub") + 1]) if "pubsub" in words[:-1] else 0
    if 0 < hard < _MIB:
        what = f"a subscriber is cut off at {hard} bytes"
        why = "who waits for many results is told late"
        yield Finding("pubsub-buffer", WARNING, what, why, "set `client-output-buffer-limit pubsub 32mb 8mb 60`")


def _latency(facts: Facts) -> Found:
    if facts.latency_ms > _LATE_MS:
        what = f"a round trip takes {facts.latency_ms:.0f} ms"
        yield Finding("latency", WARNING, what, "each claim and each enqueue takes as long", "run workers closer to it")


CHECKS: tuple[Callable[[Facts], Found], ...] = (
    _version,
    _role,
    _eviction,
    _persistence,
    _disk,
    _memory,
    _replication,
    _clients,
    _latency,
)


def headline(facts: Facts) -> str:
    """How much would be lost now, in a sentence."""
    online = [one for one in facts.replicas if one.state == "online"]
    if online:
        best = min(online, key=lambda one: (one.behind, one.lag))
        return f"a failover now may lose about {_lost_ms(facts, best)} ms of enqueues (replica {best.address})"
    alone = "there is no replica: a crash of its machine now may lose"
    if facts.info.get("aof_enabled") != "1":
        return f"{alone} about {max(1, facts.snapshot_age) * 1000} ms of enqueues, all since its last snapshot"
    fsync = facts.setting("appendfsync")
    if fsync == "always":
        return f"{alone} about 0 ms of enqueues"
    if fsync is None:
        return f"{alone} an unknown time of enqueues: CONFIG is refused"
    return f"{alone} about {1000 if fsync == 'everysec' else 30000} ms of enqueues"


def _lost_ms(facts: Facts, best: Replica) -> int:
    """What the replica has not, as time: by the rate at which bytes come in, but no more than its silence and 1 s."""
    if not best.behind:
        return max(1, round(facts.latency_ms))  # what is under way
    rate = float(facts.info.get("instantaneous_input_kbps") or 0) * 1024 / 1000
    longest = (best.lag + 1) * 1000
    return min(longest, round(best.behind / rate)) if rate else longest


def _dotted(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))
