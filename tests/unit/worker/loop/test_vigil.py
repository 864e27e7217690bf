from typing import Any

from scoreboard import ExitReason
from worker.loop.vigil import Vigil


class Fake:
    """A record, requests and an idle that do nothing."""

    stop = orphaned = False

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_names: None


def vigil(fake: Fake, **options: Any) -> Vigil:
    return Vigil(fake, fake, fake, **options)  # type: ignore[arg-type]  # stands for three


def test_a_worker_goes_on_until_there_is_a_reason() -> None:
    fake = Fake()
    watch = vigil(fake)
    assert watch.reason() is None
    fake.stop = True
    assert watch.reason() is ExitReason.DRAINED
    fake.orphaned = True
    assert watch.reason() is ExitReason.ORPHANED


def test_enough_jobs_are_a_reason_and_no_more_are_claimed_than_are_left() -> None:
    watch = vigil(Fake(), limit=10)
    watch.count(7)
    assert (watch.reason(), watch.left()) == (None, 3)
    watch.count(3)
    assert watch.reason() is ExitReason.RECYCLE_JOBS


def test_too_much_memory_is_a_reason() -> None:
    assert vigil(Fake(), max_memory=100, rss=lambda: 101).reason() is ExitReason.RECYCLE_MEMORY


def test_a_leaving_worker_waits_for_the_store_only_with_something_to_tell_and_not_for_ever() -> None:
    fake = Fake()
    watch = vigil(fake, patience_s=0.0)
    assert watch.wait(0.0)
    fake.stop = True
    assert not watch.wait(0.0)
    watch = vigil(fake, patience_s=60.0)
    watch.holds_work = True
    assert watch.wait(0.0)


def test_under_a_supervisor_a_worker_says_that_it_has_served_long_enough_and_goes_on() -> None:
    said: list[ExitReason] = []

    class Record(Fake):
        def wish(self, reason: ExitReason) -> None:
            said.append(reason)

    watch = vigil(Record(), limit=10, supervised=True)
    watch.count(12)
    assert [watch.reason(), watch.reason(), watch.left()] == [None, None, None]
    assert said == [ExitReason.RECYCLE_JOBS]


def test_enough_years_are_a_reason() -> None:
    assert vigil(Fake(), max_age_s=1e-9).reason() is ExitReason.RECYCLE_AGE
    assert vigil(Fake(), max_age_s=3600).reason() is None
