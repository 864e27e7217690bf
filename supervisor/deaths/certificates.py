"""Death certificates: who died, of what, what it ran. Kept in memory, the newest of each; the logger has them on disk.

No log line ever stands here: the logger adds the last ones when it writes the certificate down (logger/deaths.py).
"""

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from scoreboard import Cause, Death, ExitReason, Intent, decide
from supervisor.processes.children import Exit, signal_name

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 20  # of each pool, program or service
OWNERS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RanJob:
    """A job that had started and not ended; `type` is "" where it is not known, `since` is epoch seconds."""

    id: str
    type: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One death. `code` or `signal`, never both; `at` is epoch seconds, sizes are bytes.

    owner: the pool, program or service. name: as in the logs (`default.3`). kind: worker, zygote, keeper, service.
    cause: a name of `scoreboard.Cause`, lower case. why: what brought it about, in words.
    """

    owner: str
    name: str
    kind: str
    pid: int
    at: float
    lived_s: float
    cause: str
    why: str
    code: int | None = None
    signal: int | None = None
    core: bool = False
    charged: bool = False
    slot: int | None = None
    generation: int = 0
    jobs: tuple[RanJob, ...] = ()
    jobs_done: int = 0
    rss_bytes: int = 0
    peak_rss_bytes: int = 0
    stack: str = ""

    @property
    def id(self) -> str:
        """What it is known by, on disk too."""
        return f"{int(self.at * 1000)}-{self.pid}"

    def plain(self) -> dict[str, Any]:
        """Say it in plain data."""
        return {"id": self.id, **asdict(self)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Answer the certificate that was said in plain data."""
        words = {name: value for name, value in plain.items() if name != "id"}
        return cls(**{**words, "jobs": tuple(RanJob(**job) for job in plain["jobs"])})


def _nowhere(_certificate: Certificate) -> None:
    return None


class Certificates:
    """Duties: keep the newest of each owner, count all of them, pass each on to whoever writes it down."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()  # (owner, cause) of workers, since the beginning
        self.pass_on: Callable[[Certificate], None] = _nowhere
        self._kept: dict[str, deque[Certificate]] = {}

    def write(self, certificate: Certificate) -> None:
        """Take one in."""
        if certificate.kind == "worker":
            self.counts[certificate.owner, certificate.cause] += 1
        kept = self._kept.pop(certificate.owner, None) or deque(maxlen=KEPT)
        self._kept[certificate.owner] = kept  # the owner that had one last stands last
        kept.append(certificate)
        if len(self._kept) > OWNERS:
            del self._kept[next(iter(self._kept))]
        self.pass_on(certificate)

    def keep(self, certificate: Certificate) -> None:
        """Take one in that was counted and written down before this supervisor was executed anew."""
        self._kept.setdefault(certificate.owner, deque(maxlen=KEPT)).append(certificate)

    def of(self, name: str) -> list[Certificate]:
        """Answer those of an owner, or of one worker or instance by its own name; the oldest first."""
        if name in self._kept:
            return list(self._kept[name])
        return [one for kept in self._kept.values() for one in kept if one.name == name]

    def last(self, limit: int) -> list[Certificate]:
        """Answer the last `limit` of all owners, the newest first."""
        return sorted(self.all(), key=lambda one: one.at, reverse=True)[:limit]

    def all(self) -> list[Certificate]:
        """Answer everything that is kept; to be carried over when the supervisor replaces itself."""
        return [one for kept in self._kept.values() for one in kept]

    def process_ended(
        self,
        name: str,
        kind: str,
        *,
        pid: int,
        lived: float,
        end: Exit,
        asked: bool = False,
        why: str = "",
        generation: int = 0,
    ) -> None:
        """Take in the end of what is no worker.

        Args:
            name: `codestats.0`, `default.zygote` or `gateway`; what stands before the point owns it.
            kind: of process.
            pid: its number.
            lived: seconds.
            end: as the kernel told.
            asked: whether we had told it to leave.
            why: what brought it about, where somebody knows more than its end says.
            generation: of its pool, 0 for none.
        """
        intent = Intent.NONE
        if asked:
            intent = Intent.KILL_AFTER_DRAIN if end.signal == _KILL else Intent.DRAIN
        death = decide(end.code, end.signal, intent, Cause.NONE)
        self.write(
            Certificate(
                owner=name.rpartition(".")[0] or name,
                name=name,
                kind=kind,
                pid=pid,
                at=time.time(),
                lived_s=round(lived, 3),
                cause=death.cause.name.lower(),
                why=why or reason(death, intent, ExitReason.NONE, stopped=asked),
                code=end.code,
                signal=end.signal,
                core=end.core,
                generation=generation,
            )
        )


_KILL = 9
_LEFT = {
    ExitReason.RECYCLE_JOBS: "it had done max_jobs jobs",
    ExitReason.RECYCLE_MEMORY: "soft limit: it was larger than max_memory_restart at the end of a job",
    ExitReason.ORPHANED: "its supervisor was gone",
}
# Why the pool wanted it to leave (Seat.reason), where the worker only says that it was told to.
_WISHES = {
    "jobs": "it had done max_jobs jobs",
    "memory": "soft limit: it was larger than max_memory_restart at the end of a job",
    "age": "it had served for max_age",
    "reload": "reload: a newer one took its place",
    "keeper lost": "its keeper was lost: a newer one took its place",
    "scale": "scale-down",
}
_WHY = {
    Cause.OOM: "the kernel killed it: out of memory",
    Cause.HARD_TIMEOUT: "a job passed its hard timeout",
    Cause.MEMORY_LIMIT: "hard limit: it was larger than 1.5 times max_memory_restart",
    Cause.DRAIN_DEADLINE: "it did not leave in time",
    Cause.KILLED_BY_OPERATOR: "killed on request",
    Cause.CANCELLED: "a job was cancelled and did not stop",
    Cause.BOOT_FAILED: "it could not be started",
    Cause.LOST_HOST: "nobody saw how it ended",
}


def reason(death: Death, intent: Intent, left: ExitReason, *, stopped: bool, wish: str = "") -> str:
    """Say in words what brought a death about.

    Args:
        death: how it ended.
        intent: what the supervisor had in mind with it.
        left: what it said itself before it left.
        stopped: whether its whole pool, or the service, was told to stop.
        wish: why its pool wanted it to leave, "" when it did not.
    """
    if death.cause in (Cause.RECYCLED, Cause.DRAINED):
        return _left(intent, left, stopped=stopped, wish=wish)
    if death.cause is Cause.SIGNAL:
        return f"signal {death.signal} ({signal_name(death.signal or 0)}), not sent by us"
    if death.cause is Cause.EXIT:
        return f"it exited with status {death.code}"
    return _WHY.get(death.cause, death.text)


def _left(intent: Intent, left: ExitReason, *, stopped: bool, wish: str) -> str:
    if left not in (ExitReason.NONE, ExitReason.DRAINED):
        return _LEFT.get(left, left.name.lower().replace("_", " "))
    if stopped:
        return "it was told to stop"
    by = "by a signal that was not sent by us" if intent is Intent.NONE else "on request"
    return _WISHES.get(wish, f"told to leave {by}")
