from typing import Any

import pytest

from engine.jobs.job import QueueFigures
from gateway.access.rules import RULES, Limited

MINE = "1-1700000000000-1"
THEIRS = "1-1700000000000-2"


@pytest.fixture
def asks(at_door: Any, door: Any, client: Any, bearing: Any, a_job: Any) -> Any:
    """Asks with a token limited to the queue mail, or (`tenant=True`) to the tenant acme; answers the status."""
    client.jobs_by_id |= {
        MINE: a_job(id=MINE, queue="mail", tenant="acme"),
        THEIRS: a_job(id=THEIRS, queue="bills", tenant="other"),
    }
    mail = door.add("mail", scopes=["admin"], queues=["mail"])
    acme = door.add("acme", scopes=["admin"], tenants=["acme"])

    def ask(method: str, path: str, *, tenant: bool = False, **more: Any) -> int:
        headers = bearing(acme if tenant else mail)
        if "json" not in more and method == "POST":
            headers["content-type"] = "application/json"
        return int(at_door.request(method, path, headers=headers, **more).status_code)

    return ask


@pytest.mark.parametrize("what", ["", "/why", "/logs"])
def test_a_job_of_another_queue_or_tenant_is_one_that_never_was(asks: Any, what: str) -> None:
    for tenant in (False, True):
        assert asks("GET", f"/tasks/{MINE}{what}", tenant=tenant) == 200
        assert asks("GET", f"/tasks/{THEIRS}{what}", tenant=tenant) == 404
        assert asks("GET", f"/tasks/1-1-1{what}", tenant=tenant) == 404


def test_a_job_of_another_is_not_touched(asks: Any, client: Any) -> None:
    for method, path in (
        ("DELETE", f"/tasks/{THEIRS}"),
        ("POST", f"/dlq/{THEIRS}/retry"),
        ("DELETE", f"/dlq/{THEIRS}"),
    ):
        assert asks(method, path) == 404
        assert asks(method, path, tenant=True) == 404
    assert client.cancelled == []
    assert asks("DELETE", f"/tasks/{MINE}") == 409


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ({"queue": "mail"}, True),
        ({}, False),
        ({"queue": "bills"}, False),
        ({"queue": ["mail"]}, False),
        ({"queue": None}, False),
    ],
)
def test_a_job_is_submitted_into_ones_own_queue_and_it_is_named(
    asks: Any, client: Any, body: dict[str, Any], allowed: bool
) -> None:
    status = asks("POST", "/tasks", json={"type": "uppercase", **body})
    assert (status == 202) == allowed
    assert status in (202, 403)
    assert len(client.enqueued) == allowed


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "uppercase", "queue": "bills", "queue": "mail"}',
        b'{"type": "uppercase", "queue": "mail", "queue": "bills"}',
        b'{"type": "uppercase", "queue": "mail", "data": 1%s}' % (b"0" * 5000),
    ],
)
def test_a_body_that_two_readers_could_read_in_two_ways_is_refused(asks: Any, client: Any, body: bytes) -> None:
    assert asks("POST", "/tasks", content=body) == 400
    assert client.enqueued == []


def test_a_job_is_submitted_for_ones_own_tenant_and_it_is_named(asks: Any, client: Any) -> None:
    for tenant, status in (("acme", 202), ("other", 403), (None, 403)):
        assert asks("POST", "/tasks", tenant=True, json={"type": "uppercase", "tenant": tenant}) == status
    assert len(client.enqueued) == 1


@pytest.mark.parametrize(
    ("jobs", "status"),
    [
        ({"tasks": [{"type": "a", "queue": "mail"}, {"type": "a", "queue": "mail"}]}, 404),  # let through to the route
        ({"tasks": [{"type": "a", "queue": "mail"}, {"type": "a", "queue": "bills"}]}, 403),
        ({"tasks": [{"type": "a", "queue": "mail"}, {"type": "a"}]}, 403),
        ({"tasks": [{"type": "a", "queue": "mail"}], "more": [{"type": "a"}]}, 403),
        ({"tasks": [{"type": "a", "queue": "mail"}], "queue": "bills"}, 403),
        ({"tasks": ["mail"]}, 403),
        ([{"type": "a", "queue": "bills"}], 400),
    ],
)
def test_a_batch_is_refused_whole_when_one_of_it_is_for_another(asks: Any, jobs: Any, status: int) -> None:
    said = asks("POST", "/tasks/batch", json=jobs)
    assert said == status or (status == 404 and said not in (400, 403))


@pytest.mark.parametrize("path", ["/tasks", "/dlq", "/dlq/groups"])
@pytest.mark.parametrize(
    ("query", "status"),
    [("", 403), ("?queue=bills", 403), ("?queue=mail", 200), ("?queue=mail&queue=bills", 403), ("?queue=", 403)],
)
def test_a_list_is_of_one_of_its_queues_that_it_names(asks: Any, path: str, query: str, status: int) -> None:
    assert asks("GET", path + query) == status
    assert asks("GET", path + query, tenant=True) == 403


def test_a_search_is_within_the_queue_that_it_names(asks: Any, client: Any) -> None:
    assert asks("GET", "/tasks?q=queue:mail") == 403
    assert asks("GET", "/tasks?q=all&queue=bills") == 403
    assert asks("GET", "/tasks?q=all&queue=mail", tenant=True) == 403
    assert not hasattr(client, "wanted")
    assert asks("GET", "/tasks?q=queue:bills&queue=mail") == 200
    assert client.wanted["query"] == 'queue:bills queue:"mail"'


def test_queues_are_shown_and_touched_only_when_they_are_its_own(
    asks: Any, at_door: Any, door: Any, client: Any, bearing: Any
) -> None:
    async def queues() -> dict[str, QueueFigures]:
        return {"mail": QueueFigures(), "bills": QueueFigures()}

    client.queues = queues
    headers = bearing(door.add("two", scopes=["admin"], queues=["mail", "gone"]))
    assert [one["name"] for one in at_door.request("GET", "/queues", headers=headers).json()["queues"]] == ["mail"]
    assert asks("POST", "/queues/mail/pause") == 200
    assert asks("POST", "/queues/bills/pause") == 404
    assert asks("POST", "/queues/bills/purge") == 404
    assert asks("POST", "/queues/mail/purge", tenant=True) == 403
    assert asks("POST", "/dlq/retry", json={"queue": "mail"}) == 200
    assert asks("POST", "/dlq/retry", json={"all": True}) == 403
    assert asks("POST", "/dlq/retry", json={"queue": "bills"}) == 403
    assert asks("DELETE", "/dlq?queue=mail") == 200
    assert asks("DELETE", "/dlq?all=true") == 403
    assert client.paused == ["mail"]
    assert client.purged == []


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.limited is Limited.NONE], ids=lambda rule: f"{rule.method} {rule.path}"
)
def test_what_is_about_more_than_its_queues_is_closed(asks: Any, rule: Any) -> None:
    path = rule.path.replace("{", "").replace("}", "")
    assert asks(rule.method, path) == 403
    assert asks(rule.method, path, tenant=True) == 403


def test_the_job_of_another_that_stood_already_is_named_and_not_shown(
    at_door: Any, door: Any, client: Any, bearing: Any, a_job: Any
) -> None:
    headers = bearing(door.add("mail", scopes=["submit"], queues=["mail"]))
    client.ends["uppercase"] = a_job(queue="bills", result="THEIR SECRET")
    client.is_new = False
    body = {"type": "uppercase", "queue": "mail", "unique": {"key": "known"}}
    answer = at_door.request("POST", "/tasks?wait=1s", headers=headers, json=body)
    assert answer.status_code == 200
    assert "SECRET" not in answer.text
