"""Jobs that were claimed and must not be started any more: it is too late for them. Pure."""

from engine.payloads.payload import Options
from engine.store.claims import Claimed
from worker.run.outcome import Policy


class Expired(Exception):
    """The job has a ``start_before`` and did not start by then."""


class RetriesOver(Exception):
    """The task's ``retry_for`` has passed: the last attempt's failure stands."""


def refuse_late(job: Claimed, policy: Policy, options: Options, now_ms: int) -> None:
    """Called before a job starts that has options, or was tried before; now_ms: the store's clock.

    A job that was tried once has started, so its expiry does not matter any more; a snooze is no try.

    Raises:
        Expired, RetriesOver: it must not start.
    """
    if job.attempts:
        if policy.retry_for is not None and now_ms > job.ms + policy.retry_for * 1000:
            raise RetriesOver(f"no retry begins later than {policy.retry_for:g} s after the job was enqueued")
        return
    expires = None if job.crashes else options.expires_ms(job.ms)
    if expires is not None and now_ms > expires:
        raise Expired(f"expired: it was to start {(now_ms - expires) / 1000:.3f} s ago at the latest")
