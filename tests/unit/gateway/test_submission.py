from typing import Any

import pytest

from engine import Unique
from gateway.errors import ApiError
from gateway.submission import KEEP, submission


def refusal(**body: Any) -> str:
    with pytest.raises(ApiError) as caught:
        submission(body)
    assert caught.value.status == 422
    return caught.value.message


def test_a_type_is_all_it_takes() -> None:
    job = submission({"type": "send-email"}).job()
    assert (job.type, job.data, job.queue, job.delay, job.run_at) == ("send-email", None, None, None, None)


def test_the_record_of_a_job_from_http_stays_for_an_hour() -> None:
    assert submission({"type": "x"}).job().keep == KEEP == 3600


def test_durations_are_taken_as_numbers_and_as_people_write_them() -> None:
    asked = submission({"type": "x", "delay": "1m30s", "timeout": 0.5})
    assert (asked.delay, asked.timeout) == (90.0, 0.5)


@pytest.mark.parametrize("given", [1700000000, 1700000000.0, "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00"])
def test_a_time_is_epoch_seconds_or_iso_8601(given: Any) -> None:
    assert submission({"type": "x", "run_at": given}).run_at == 1700000000.0


@pytest.mark.parametrize(
    ("body", "scheduled"), [({}, False), ({"delay": 0}, False), ({"delay": 1}, True), ({"run_at": 5}, True)]
)
def test_only_what_has_a_time_is_scheduled(body: dict[str, Any], scheduled: bool) -> None:
    assert submission({"type": "x", **body}).is_scheduled is scheduled


def test_an_unknown_field_is_named_with_the_nearest_known_one() -> None:
    assert refusal(type="x", dalay=1) == 'unknown field "dalay" (did you mean "delay"?)'


def test_everything_wrong_is_said_at_once() -> None:
    message = refusal(retires=3, delay="soon", retries=-1)
    for part in ("type: is required", '"retires" (did you mean "retries"?)', "delay: ", "retries: "):
        assert part in message


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"type": 5}, "type"),
        ({"type": ""}, "type"),
        ({"type": None}, "type"),
        ({"retries": "3"}, "retries"),
        ({"retries": True}, "retries"),
        ({"retries": 1.5}, "retries"),
        ({"retries": 10**30}, "retries"),
        ({"delay": -1}, "delay"),
        ({"delay": True}, "delay"),
        ({"delay": "x" * 10_000}, "delay"),
        ({"delay": 10**400}, "delay"),
        ({"timeout": []}, "timeout"),
        ({"timeout": 0}, "timeout"),
        ({"run_at": "2023-11-14T22:13:20"}, "run_at"),
        ({"run_at": "tomorrow"}, "run_at"),
        ({"run_at": True}, "run_at"),
        ({"run_at": -1}, "run_at"),
        ({"run_at": 1e300}, "run_at"),
        ({"queue": "no spaces"}, "queue"),
        ({"queue": "line\n"}, "queue"),
        ({"queue": "x" * 65}, "queue"),
        ({"accept_unknown": 1}, "accept_unknown"),
        ({"delay": 1, "run_at": 1}, "delay or run_at"),
        ({"type": "herdsman.webhook"}, "herdsman."),
        ({"webhook": "ftp://x"}, "webhook: the URL must begin with"),
        ({"webhook": "https://" + "x" * 10_000}, "webhook: the URL has"),
        ({"webhook": {"uri": "https://x"}}, "webhook"),
        ({"webhook": {"url": "https://x", "events": ["born"]}}, "webhook: 'born' is no event"),
        ({"webhook": {"url": "https://x", "headers": {"Host": "y"}}}, "webhook: the header 'Host'"),
        ({"webhook": ["https://x"]}, "webhook"),
        ({"webhook": 5}, "webhook"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(body: dict[str, Any], place: str) -> None:
    message = refusal(**{"type": "x", **body})
    assert place in message
    assert len(message) < 300


@pytest.mark.parametrize(
    "target", ["https://a/b", {"url": "https://a", "events": ["dead"], "headers": {"X": "y"}}, None]
)
def test_a_webhook_is_handed_on_as_it_was_written(target: Any) -> None:
    assert submission({"type": "x", "webhook": target}).job().webhook == target


@pytest.mark.parametrize("said", [True, "pending", {}, {"mode": "pending"}])
def test_unique_is_said_in_one_word_or_in_detail(said: Any) -> None:
    assert submission({"type": "x", "unique": said}).job().unique == Unique()


def test_unique_false_is_not_the_same_as_nothing() -> None:
    assert submission({"type": "x", "unique": False}).job().unique is False
    assert submission({"type": "x"}).job().unique is None


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (1, "expected true, false, a mode or a mapping"),
        ("sometimes", "'sometimes' is no mode"),
        ({"mode": "throttle"}, "throttle needs a period"),
        ({"by": ["a"], "key": "k"}, "by or key"),
        ({"bye": ["a"]}, "unknown field `bye`"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(said: Any, part: str) -> None:
    message = refusal(type="x", unique=said)
    assert message.startswith("unique: ")
    assert part in message
