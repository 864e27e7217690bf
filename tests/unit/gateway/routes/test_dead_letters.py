from typing import Any

import pytest

from engine import JobError, JobState
from engine.dead.dead_letters import UNCHANGED

ID = "1-1700000000000-9"


@pytest.fixture
def dead(client: Any, a_job: Any) -> Any:
    error = JobError(type="ValueError", message="no user 17", traceback="Traceback …")
    client.jobs_by_id[ID] = a_job(id=ID, state=JobState.DEAD, result=None, error=error)
    return client.jobs_by_id[ID]


def test_dead_letters_are_listed_with_their_group(http: Any, client: Any, dead: Any) -> None:
    page = http.get("/dlq?queue=default&type=uppercase&fingerprint=0123456789ab&limit=7&cursor=q/1/1-1-1").json()
    assert page["cursor"] == "q/2/1-1-1"
    assert (page["tasks"][0]["id"], page["tasks"][0]["error"]["message"]) == (ID, "no user 17")
    assert len(page["tasks"][0]["fingerprint"]) == 12
    assert client.wanted == {
        "queue": "default",
        "type": "uppercase",
        "fingerprint": "0123456789ab",
        "limit": 7,
        "cursor": "q/1/1-1-1",
    }


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "cursor=x", "cursor=q/1/", "cursor=a%20b/1/", "fingerprint=xyz", "queu=a", "fingerprint="],
)
def test_a_wrong_question_is_422(http: Any, query: str) -> None:
    answer = http.get(f"/dlq?{query}")
    assert (answer.status_code, list(answer.json())) == (422, ["error"])


def test_groups_say_what_died_of_the_same(http: Any) -> None:
    assert http.get("/dlq/groups?queue=mail").json() == {
        "groups": [
            {
                "fingerprint": "0123456789ab",
                "queue": "mail",
                "type": "t",
                "error": "ValueError",
                "message": "no user #",
                "count": 2,
                "first_seen": "2023-11-14T22:13:20.000Z",
                "last_seen": "2023-11-14T22:13:21.500Z",
                "example": "1-2-3",
            }
        ],
        "looked_at": 2,
        "cut": ["default"],
    }


def test_one_dead_letter_is_shown(http: Any, dead: Any) -> None:
    assert http.get(f"/dlq/{ID}").json()["error"]["traceback"] == "Traceback …"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/retry")])
def test_what_is_no_dead_letter_is_404_and_says_what_it_is(
    http: Any, client: Any, a_job: Any, method: str, path: str
) -> None:
    client.jobs_by_id["1-2-3"] = a_job(id="1-2-3")
    answer = http.request(method, f"/dlq/1-2-3{path}")
    assert (answer.status_code, answer.json()["error"]) == (404, 'task "1-2-3" is no dead letter: it is completed')
    answer = http.request(method, f"/dlq/9-9-9{path}")
    assert (answer.status_code, "no such task ever was" in answer.json()["error"]) == (404, True)


@pytest.mark.parametrize(
    ("body", "data"), [(None, UNCHANGED), ({}, UNCHANGED), ({"data": None}, None), ({"data": {"a": [1]}}, {"a": [1]})]
)
def test_one_is_retried_with_its_own_payload_or_a_new_one(
    http: Any, client: Any, dead: Any, body: Any, data: Any
) -> None:
    answer = http.post(f"/dlq/{ID}/retry", **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json()) == (200, {"id": ID, "status": "pending"})
    assert client.moved == [("retry", data)]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"json": {"dat": 1}}, 422),
        ({"json": []}, 400),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"data=1", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 415),
        ({"headers": {"origin": "http://gateway"}}, 415),
        ({"headers": {"origin": "http://elsewhere"}}, 403),
    ],
)
def test_a_bad_body_or_a_foreign_page_retries_nothing(
    http: Any, client: Any, dead: Any, options: Any, status: int
) -> None:
    assert http.post(f"/dlq/{ID}/retry", **options).status_code == status
    assert client.moved == []


def test_one_is_deleted(http: Any, client: Any, dead: Any) -> None:
    assert http.delete(f"/dlq/{ID}").json() == {"id": ID, "status": "deleted"}
    assert client.moved == [("delete", None)]


def test_many_are_retried_by_filter(http: Any, client: Any) -> None:
    answer = http.post("/dlq/retry", json={"queue": "mail", "limit": 5})
    assert (answer.status_code, answer.json()) == (200, {"retried": 3})
    assert http.post("/dlq/retry", json={"all": True}).status_code == 200
    nothing = {"queue": None, "type": None, "fingerprint": None}
    assert client.moved == [
        ("retry", {**nothing, "queue": "mail", "limit": 5}),
        ("retry", {**nothing, "limit": 10_000}),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"all": False},
        {"all": True, "queue": "a"},
        {"queue": ""},
        {"queue": 5},
        {"limit": 0, "queue": "a"},
        {"fingerprint": "x"},
        {"que": "a"},
        {"rate": 5, "queue": "a"},
    ],
)
def test_many_are_not_retried_unless_it_is_said_which(http: Any, client: Any, body: Any) -> None:
    answer = http.post("/dlq/retry", json=body)
    assert (answer.status_code, list(answer.json())) == (422, ["error"])
    assert client.moved == []


def test_many_are_deleted_by_filter(http: Any, client: Any) -> None:
    assert http.delete("/dlq?fingerprint=0123456789ab").json() == {"deleted": 4}
    assert http.delete("/dlq?all=true&limit=2").json() == {"deleted": 4}
    assert [wanted["fingerprint"] for _, wanted in client.moved] == ["0123456789ab", None]


@pytest.mark.parametrize("query", ["", "?all=false", "?all=true&queue=a", "?queue=", "?limit=5", "?al=true", "?all=x"])
def test_many_are_not_deleted_unless_it_is_said_which(http: Any, client: Any, query: str) -> None:
    assert http.delete(f"/dlq{query}").status_code == 422
    assert client.moved == []


def test_a_store_that_is_away_is_503(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    for method, path in (("GET", "/dlq"), ("GET", "/dlq/groups"), ("GET", "/dlq/1-2-3"), ("DELETE", "/dlq?all=true")):
        assert http.request(method, path).status_code == 503
