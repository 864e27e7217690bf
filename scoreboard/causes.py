"""Why a process died, and whether the job it ran is charged for it. Pure: all that is known is passed in."""

from typing import Final, NamedTuple

from scoreboard.states import Cause, ExitReason, Intent

__all__ = ["Cause", "Death", "Intent", "decide"]


_SIGINT: Final = 2
_SIGKILL: Final = 9
_SIGTERM: Final = 15

# What our own SIGKILL means, by the intent written before it was sent.
_OWN_KILLS: Final = {
    Intent.KILL_AFTER_DRAIN: Cause.DRAIN_DEADLINE,
    Intent.KILL_NOW: Cause.KILLED_BY_OPERATOR,
    Intent.KILL_MEMORY: Cause.MEMORY_LIMIT,
}
# How a worker that left with status 0 explains itself.
_LEFT: Final = {
    ExitReason.DRAINED: Cause.DRAINED,
    ExitReason.ORPHANED: Cause.DRAINED,
    ExitReason.RECYCLE_JOBS: Cause.RECYCLED,
    ExitReason.RECYCLE_MEMORY: Cause.RECYCLED,
    ExitReason.RECYCLE_AGE: Cause.RECYCLED,
}
# The started job had no part in these. All others are charged; where nothing had started, nobody is.
_UNCHARGED: Final = frozenset(
    {Cause.NONE, Cause.DRAIN_DEADLINE, Cause.KILLED_BY_OPERATOR, Cause.RECYCLED, Cause.DRAINED, Cause.CANCELLED}
)
_WORDS: Final = {cause: cause.name.lower().replace("_", " ") for cause in Cause}


class Death(NamedTuple):
    """How a process ended: `code` or `signal` of its wait status, or neither when nobody could tell."""

    cause: Cause
    code: int | None
    signal: int | None
    charged: bool

    @property
    def text(self) -> str:
        """The cause in words, as stored with a job: "signal 9", "exit 3", "oom", "hard timeout" and so on."""
        if self.cause is Cause.SIGNAL:
            return f"signal {self.signal}"
        if self.cause is Cause.EXIT:
            return f"exit {self.code}"
        return _WORDS[self.cause]


def decide(
    code: int | None,
    signal: int | None,
    intent: Intent,
    kill_cause: Cause,
    *,
    oom: bool = False,
    exit_reason: ExitReason = ExitReason.NONE,
) -> Death:
    """Say why a process died.

    Args:
        code: exit status, None when a signal ended it.
        signal: number of the signal that ended it, None when it exited.
        intent: what the supervisor had in mind with it (its SeatRecord).
        kill_cause: why the keeper killed this very pid (`KeeperRecord.cause_of`), Cause.NONE when it did not.
        oom: the kernel's out-of-memory killer struck in this cgroup since the last look.
        exit_reason: what the worker wrote before leaving (its WorkerRecord).

    Returns:
        the death; `charged` when the job that was started, if any, counts it as a crash of its own.
    """
    if signal is not None:
        cause = _cause_of_signal(signal, intent, kill_cause, oom=oom)
    elif code is not None:
        cause = _cause_of_exit(code, intent, exit_reason)
    else:
        cause = Cause.LOST_HOST
    return Death(cause, code, signal, cause not in _UNCHARGED)


def _cause_of_signal(signal: int, intent: Intent, kill_cause: Cause, *, oom: bool) -> Cause:
    if signal == _SIGKILL:
        # The keeper writes its reason before it kills and names the pid: the surest witness. The count of
        # out-of-memory kills is the whole cgroup's, so it comes after what we know we did ourselves.
        if kill_cause is not Cause.NONE:
            return kill_cause
        if intent in _OWN_KILLS:
            return _OWN_KILLS[intent]
        if oom:
            return Cause.OOM
    if signal in (_SIGTERM, _SIGINT) and intent is not Intent.NONE:
        # Asked to drain before its handlers stood: it held nothing yet.
        return Cause.RECYCLED if intent is Intent.RECYCLE else Cause.DRAINED
    return Cause.SIGNAL


def _cause_of_exit(code: int, intent: Intent, exit_reason: ExitReason) -> Cause:
    if code == 0:
        if exit_reason is ExitReason.DRAINED and intent is Intent.RECYCLE:
            return Cause.RECYCLED
        if exit_reason in _LEFT:
            return _LEFT[exit_reason]
        if intent is not Intent.NONE:
            return Cause.RECYCLED if intent is Intent.RECYCLE else Cause.DRAINED
    # Any other status, and status 0 unasked and unexplained: a job took the whole process with it. (Tasks that cannot
    # be imported end the zygote, never a worker: it is forked after that.)
    return Cause.EXIT
