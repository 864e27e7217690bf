import asyncio
import json
from typing import Any

import pytest

from engine import NewJob
from engine.entrance.enqueue import enqueue
from gateway.batch import MOST, TOLD, batch, refuse, unsound
from gateway.errors import ApiError
from gateway.plain_submission import PlainSubmission
from gateway.submission import Submission


def read(*tasks: Any) -> list[Any]:
    return asyncio.run(batch(json.dumps({"tasks": tasks}).encode()))


def refusal(raw: bytes | str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        asyncio.run(batch(raw if isinstance(raw, bytes) else raw.encode()))
    return caught.value


def test_jobs_keep_their_order_whichever_way_they_are_read() -> None:
    asked = read({"type": "a"}, {"type": "b", "delay": "1m"}, {"type": "c"})
    assert [one.type for one in asked] == ["a", "b", "c"]
    assert [type(one) for one in asked] == [PlainSubmission, Submission, PlainSubmission]


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        ("", 400, "the body is empty"),
        ("{", 400, "no valid JSON"),
        ("[]", 400, "must be a JSON object"),
        (b"\xff", 400, "no valid JSON"),
        ("{}", 422, "tasks: is required"),
        ('{"task": []}', 422, 'unknown field "task" (did you mean "tasks"?)'),
        ('{"tasks": {}}', 422, "expected a list of jobs, not an object"),
        ('{"tasks": []}', 422, f"1 to {MOST:,} jobs, not 0"),
        ('{"tasks": [' + ",".join(["1"] * (MOST + 1)) + "]}", 422, f"not {MOST + 1:,}"),
        ('{"tasks": ' + "[" * 5000 + "]" * 5000 + "}", 400, "nested too deep"),
    ],
)
def test_what_is_no_batch_is_refused(raw: Any, status: int, said: str) -> None:
    error = refusal(raw)
    assert error.status == status
    assert said in error.message


def test_each_wrong_job_is_named_by_its_place() -> None:
    error = refusal(json.dumps({"tasks": [{"type": "a"}, {"type": "b", "dta": 1}, 7, {}, "x", {"type": "a"}]}))
    assert error.status == 422
    assert error.message.startswith(
        'nothing was enqueued: tasks[1]: unknown field "dta" (did you mean "data"?); tasks[2]:'
    )
    assert [one["index"] for one in error.more["errors"]] == [1, 2, 3, 4]


def test_of_very_many_wrong_jobs_the_first_are_named() -> None:
    error = refusal(json.dumps({"tasks": [{}] * (TOLD + 5)}))
    assert len(error.more["errors"]) == TOLD
    assert error.message.endswith("; and 5 more")


def test_a_batch_in_which_nothing_is_wrong_is_not_refused() -> None:
    refuse([])


def test_what_the_engine_would_not_send_is_found() -> None:
    def check(job: NewJob) -> None:
        enqueue([job])

    found = unsound([NewJob("a"), NewJob("a", 1 << 70), NewJob("not a name")], check)
    assert [one.at for one in found] == [1, 2]
