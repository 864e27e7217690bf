"""Who is to be killed and why; between the verdict and the kill a worker may show the stacks of its threads. Pure."""

from scoreboard import STACK_WAIT_S, Cause


class Dooms:
    """By pid. Times in seconds, monotonic."""

    def __init__(self) -> None:
        self._doomed: dict[int, tuple[Cause, float]] = {}

    def __bool__(self) -> bool:
        """Whether somebody is to be killed soon: a reason to look again soon."""
        return bool(self._doomed)

    def begin(self, pid: int, cause: Cause, now: float) -> bool:
        """Pass the verdict; True the first time: ask for the stacks now."""
        if pid in self._doomed:
            return False
        self._doomed[pid] = cause, now + STACK_WAIT_S
        return True

    def stands(self, pid: int, cause: Cause) -> bool:
        """Whether a verdict of this cause was passed."""
        return self._doomed.get(pid, (Cause.NONE, 0.0))[0] is cause

    def due(self, pid: int, now: float) -> bool:
        """Whether the stacks have had their time; the kill is not to be put off any longer."""
        return pid in self._doomed and now >= self._doomed[pid][1]

    def lift(self, pid: int) -> None:
        """The job has ended meanwhile, or the worker has."""
        self._doomed.pop(pid, None)
