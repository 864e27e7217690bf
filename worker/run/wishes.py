"""What a task may raise to say itself what is to become of its job."""

from datetime import timedelta

from worker.durations import seconds


class Retry(Exception):
    """Run the job again: charged as an attempt, and dead when none is left, as any failure.

    ``after`` (seconds, "30s", timedelta) goes before the task's backoff; None = as the backoff says. What the task or
    queue says of exceptions (``retry_on``, ``give_up_on``) does not matter; ``retries`` and ``retry_for`` do.

    Raises:
        TaskError: ``after`` is no duration.
    """

    def __init__(self, after: float | str | timedelta | None = None, reason: str = "") -> None:
        self.after = None if after is None else seconds(after, "Retry: after", least=0.0)
        super().__init__(reason or "the task asked to be run again")


class Discard(Exception):
    """Nobody needs this job any more: it ends as cancelled, with the reason, and is no dead letter."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or "the task discarded the job")


class Snooze(Exception):
    """Not now: the job is scheduled again in ``after`` (seconds, "10m", timedelta), and this run charges nothing.

    There is no limit to it. With a reason it is shown as the job's error until it ends; without one an earlier
    attempt's error stays.

    Raises:
        TaskError: ``after`` is no duration.
    """

    def __init__(self, after: float | str | timedelta, reason: str = "") -> None:
        self.after = seconds(after, "Snooze: after", least=0.0)
        self.reason = reason
        super().__init__(reason or "the task asked to be run later")
