"""Tasks that say themselves what is to become of their jobs."""

from datetime import timedelta

from hm_tasks import note

from worker import Discard, Retry, Snooze, current_job, task


@task("once-more", retries=1)
def once_more(after: float = 0.01) -> int:
    note("once-more")
    if current_job().attempt == 1:
        raise Retry(after=after, reason="not yet") from KeyError("first")
    return current_job().attempt


@task("for-ever", retries=2)
def for_ever() -> None:
    note("for-ever")
    raise Retry(after="10ms")


@task("discarded")
async def discarded() -> None:
    raise Discard("sent already")


@task("snoozed", retries=0)
def snoozed(after: str, times: int = 1) -> int:
    note("snoozed")
    if len(RUNS) < times:
        RUNS.append(1)
        raise Snooze(after, "the bank is closed")
    return current_job().attempt


RUNS: list[int] = []


@task("picky", retries=3, backoff="10ms", retry_on=(LookupError, OSError), give_up_on=FileNotFoundError)
def picky(kind: str) -> None:
    note(kind)
    raise {"key": KeyError, "file": FileNotFoundError, "value": ValueError}[kind]


@task("in-time", retries=50, backoff=timedelta(milliseconds=200).total_seconds(), retry_for="1s")
def in_time() -> None:
    note("in-time")
    raise ValueError("no")


@task("too-late", retries=9, backoff=0.01, retry_for="1s")
def too_late() -> None:
    note("too-late")
    raise ValueError("the first error")
