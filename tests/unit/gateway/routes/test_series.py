from typing import Any

import pytest

from engine.charts.metrics import METRICS


def test_metrics_are_given_as_points_in_time_with_gaps_as_null(http: Any, client: Any) -> None:
    answer = http.get("/series?metric=done,run_p95&queue=mail&type=send&from=60&to=170&step=60")
    assert answer.json() == {
        "from": 60,
        "to": 180,
        "step": 60,
        "series": {"done": [[60, 1.5], [120, None]], "run_p95": [[60, 1.5], [120, None]]},
        "samples": {"run_p95": [30, 0]},
    }
    asked = {"queue": "mail", "type": "send", "start": 60, "end": 170, "step": 60}
    assert client.wanted == {"metrics": ["done", "run_p95"], **asked}


def test_what_is_left_out_is_left_to_the_engine(http: Any, client: Any) -> None:
    assert http.get("/series?metric=done,done").status_code == 200
    nothing = dict.fromkeys(("queue", "type", "start", "end", "step"))
    assert client.wanted == {"metrics": ["done"], **nothing}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("metric=dne", 'there is no metric "dne" (did you mean "done"?)'),
        ("metric=done,", "an empty name"),
        ("metric=done&tpye=x", 'unknown parameter "tpye" (did you mean "type"?)'),
        ("metric=done&step=61", "step"),
        ("metric=done&from=yesterday", "from"),
        ("metric=done&queue=", "queue"),
        ("metric=depth&type=send", "counted by queue"),
        ("metric=done&to=1", "too much at once: 2000 points"),
        ("", "metric"),
    ],
)
def test_what_cannot_be_answered_is_422_and_says_why(http: Any, query: str, said: str) -> None:
    answer = http.get(f"/series?{query}")
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_names_say_what_is_charted_and_what_it_takes(http: Any) -> None:
    found = http.get("/series/names").json()
    assert found["names"] == [
        {"queue": "mail", "type": None, "bytes": 20},
        {"queue": "mail", "type": "send", "bytes": 100},
    ]
    assert found["bytes"] == 120
    assert set(found["metrics"]) == set(METRICS)


def test_a_store_that_is_away_is_503(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    assert http.get("/series?metric=done").status_code == 503
    assert http.get("/series/names").status_code == 503


def test_the_schema_names_every_metric(http: Any) -> None:
    path = http.get("/openapi.json").json()["paths"]["/series"]["get"]
    [metric] = [one for one in path["parameters"] if one["name"] == "metric"]
    assert all(name in metric["schema"]["pattern"] for name in METRICS)
    assert {one["name"] for one in path["parameters"]} == {"metric", "queue", "type", "from", "to", "step"}
    assert {"200", "422", "503"} <= set(path["responses"])
