import msgspec
import pytest

from engine import Job, JobError, JobState
from engine.charts.rates import Rate
from engine.payloads.envelope import Sealed
from gateway.live.frames import Refused
from gateway.live.topics.flows import FLOW
from gateway.live.topics.job import JOB, LARGEST_FIELD, shown
from gateway.live.topics.jobs import JOBS, job_row
from gateway.live.topics.queues import drains_in


def job(**more: object) -> Job:
    return Job(**{"id": "1-1-1", "type": "t", "queue": "q", "state": JobState.PENDING, "enqueued_at": 1.0, **more})  # type: ignore[arg-type]


def test_a_line_shows_the_payload_or_what_it_failed_of_on_one_line() -> None:
    text = JOBS.columns.index("text")
    assert job_row(job(data='{"a": "x\ny"}'), None)[text] == '{"a": "x y"}'
    assert job_row(job(error=JobError("ValueError", "no\n" + "x" * 999)), None)[text].startswith("ValueError: no xxx")
    assert len(job_row(job(error=JobError("E", "x" * 999)), None)[text]) == 256


@pytest.mark.parametrize("data", [{"a": {1, 2}}, Sealed(b"x", "k1"), "\udcff", b"\xff", float("nan"), {("a", 1): 2}])
def test_a_job_whose_payload_json_cannot_say_is_shown_all_the_same(data: object) -> None:
    assert msgspec.json.encode(shown(job(data=data))["data"])


def test_a_large_field_is_cut_to_text_and_named() -> None:
    found = shown(job(data={"a": "x" * LARGEST_FIELD}, result="short"))
    assert (found["cut"], found["data"][:6], len(found["data"])) == (["data"], '{"a":"', LARGEST_FIELD)
    assert bytes(found["result"]) == b'"short"'


@pytest.mark.parametrize(
    "args",
    [
        {"state": "sleeping"},
        {"limit": 0},
        {"limit": 201},
        {"limit": True},
        {"cursor": "x"},
        {"cursor": "1:" + "9" * 99},
        {"queue": 5},
        {"queue": "x" * 999},
        {"colour": "red"},
    ],
)
def test_arguments_that_make_no_sense_are_refused(args: object) -> None:
    with pytest.raises(Refused) as refused:
        JOBS.look(args, None)
    assert refused.value.code == "bad_args"


def test_what_is_null_is_as_good_as_left_out() -> None:
    assert JOBS.look({"state": None, "queue": None, "cursor": None, "limit": None}, None) == JOBS.look({}, None)
    assert JOBS.look(None, None) == JOBS.look({}, None)


@pytest.mark.parametrize("topic", [JOB, FLOW])
def test_one_thing_needs_its_id(topic: object) -> None:
    for args in (None, {}, {"id": ""}, {"id": "x" * 101}, {"id": None}):
        with pytest.raises(Refused):
            topic.look(args, None)  # type: ignore[attr-defined]


def test_a_queue_drains_when_more_goes_than_comes() -> None:
    assert drains_in(0, Rate(5, 5)) == 0
    assert drains_in(100, Rate(5, 15)) == 10
    assert drains_in(100, Rate(5, 5)) is None
    assert drains_in(100, Rate()) is None
