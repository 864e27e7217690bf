import logging

import pytest

from janitor.complaint import REMIND_AFTER, Complaint


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(caplog: pytest.LogCaptureFixture) -> Clock:
    caplog.set_level(logging.INFO)
    return Clock()


def complaint(clock: Clock) -> Complaint:
    return Complaint("the store", logging.getLogger("test"), clock)


def test_a_lasting_trouble_is_said_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    store = complaint(clock)
    for _ in range(30):
        store.trouble(OSError("gone"))
        clock.now += 1
    assert caplog.messages == ["the store: gone"]


def test_it_is_said_again_after_a_minute_with_the_count(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    store = complaint(clock)
    store.trouble(OSError("gone"))
    clock.now += REMIND_AFTER
    store.trouble(OSError("still gone"))
    assert caplog.messages[1] == "the store: still failing after 60 s and 2 tries: still gone"


def test_the_end_of_it_is_said_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    store = complaint(clock)
    store.trouble(OSError("gone"))
    clock.now += 2.5
    store.well()
    store.well()
    assert caplog.messages[1:] == ["the store: well again after 2.5 s and 1 failed tries"]


def test_being_well_is_no_news(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    complaint(clock).well()
    assert not caplog.messages


def test_an_error_without_words_is_told_by_its_name(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    complaint(clock).trouble(ValueError())
    assert caplog.messages == ["the store: ValueError"]


def test_an_unexpected_error_brings_its_stack_only_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    duty = complaint(clock)
    duty.trouble(KeyError("x"), trace=True)
    clock.now += REMIND_AFTER
    duty.trouble(KeyError("x"), trace=True)
    assert [bool(record.exc_info) for record in caplog.records] == [True, False]
