"""`GET /tasks?q=…`: what is handed on, and what is said of it."""

from typing import Any


def test_a_search_is_narrowed_by_the_other_parameters_and_says_how_far_it_is(
    http: Any, client: Any, a_job: Any
) -> None:
    client.jobs_by_id["1-1700000000000-1"] = a_job()
    answer = http.get(
        "/tasks?q=-payload.n:7 age<5m&state=dead&queue=m%22&limit=9&cursor=1.1.0/7-1/10.0.0.0.90&brief=true"
    )
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert [one["id"] for one in said.pop("tasks")] == ["1-1700000000000-1"]
    assert said == {
        "cursor": "1.1.0/7-1/20.1.2.0.90",
        "method": "scan",
        "looked_at": 20,
        "of": 90,
        "found": 1,
        "encrypted": 2,
        "too_long": 0,
    }
    assert client.wanted == {
        "query": '-payload.n:7 age<5m state:"dead" queue:"m\\""',
        "limit": 9,
        "cursor": "1.1.0/7-1/10.0.0.0.90",
        "brief": True,
    }


def test_a_bad_search_says_at_which_character(http: Any, client: Any) -> None:
    answer = http.get("/tasks?q=queue:mail sate:dead")
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": 'q: character 12 of the query: there is no field "sate" (did you mean "state"?)', "at": 11},
    )
    assert not hasattr(client, "wanted")
