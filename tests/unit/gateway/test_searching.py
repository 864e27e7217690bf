"""`GET /tasks?q=…`: what is handed on, and what is said of it."""

from typing import Any

import pytest


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


def test_all_that_match_are_acted_on_chunk_by_chunk_but_for_what_came_later(http: Any, client: Any, a_job: Any) -> None:
    asked: list[Any] = []

    async def ask(question: Any) -> float:
        asked.append(question)
        return 1_700_000_002_000

    async def run(call: Any) -> Any:
        asked.append(call.args)
        return "cancelled" if call.script == "cancel" else [True, False]

    client.ask, client.run = ask, run
    client.jobs_by_id = {
        one: a_job(id=one, finished_at=at) for one, at in (("1-1-1", 1.7e9), ("1-1-2", 1.7e9), ("1-1-3", 2e9))
    }
    sent = {"do": "retry", "q": "payload.n:7", "queue": "mail"}
    said = http.post("/tasks/act", json=sent).json()
    assert (said["done"], said["skipped"], said["until"], said["found"]) == (1, 2, 1_700_000_002.0, 1)
    assert asked[1][2:] == ["1-1-1", "1-1-2"]
    assert client.wanted == {
        "query": 'payload.n:7 queue:"mail" state:dead',
        "limit": 500,
        "cursor": None,
        "brief": True,
    }
    more = {**sent, "do": "cancel", "cursor": said["cursor"], "until": said["until"]}
    assert http.post("/tasks/act", json=more).json()["done"] == 2
    assert client.wanted["query"].endswith("state:pending,scheduled")


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"do": "retry"}, "q: "),
        ({"do": "run", "q": "a"}, "do: "),
        ({"do": "retry", "q": "all"}, "say which jobs, or state:dead for all of them"),
        ({"do": "retry", "q": "sate:dead"}, 'did you mean "state"'),
        ({"do": "retry", "q": "a", "limit": 501}, "limit: "),
        ({"do": "retry", "q": "a", "cursor": "x"}, "cursor: "),
        ({"do": "retry", "q": "a", "untill": 1}, 'did you mean "until"'),
    ],
)
def test_what_is_to_be_done_to_which_jobs_must_be_said(http: Any, body: dict[str, Any], part: str, client: Any) -> None:
    async def ask(_: Any) -> float:
        return 0.0

    client.ask = ask
    answer = http.post("/tasks/act", json=body)
    assert (answer.status_code, part in answer.json()["error"]) == (422, True), answer.text
