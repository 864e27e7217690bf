from typing import Any

import pytest


@pytest.mark.parametrize(
    ("query", "said"),
    [("stat=pending", 'unknown parameter "stat" (did you mean "state"?)'), ("limit=1&limit=2", "there twice")],
)
def test_a_parameter_that_is_not_known_or_there_twice_is_refused(http: Any, query: str, said: str) -> None:
    answer = http.get(f"/tasks?{query}")
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_a_question_mark_alone_is_no_parameter(http: Any) -> None:
    assert http.get("/queues?").status_code == 200
