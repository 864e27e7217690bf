"""What of refused acts and logins is written down: by whom, and never so many that nothing else is left."""

from typing import Any

import pytest

from engine.errors import UniqueConflict


def lines(door: Any) -> list[tuple[Any, ...]]:
    return [(act.who, act.via, act.act, dict(act.on), act.outcome) for act in door.acts]


def test_an_act_that_a_token_does_not_allow_is_written_down_as_refused(at_door: Any, door: Any, bearing: Any) -> None:
    eve = bearing(door.add("eve", scopes=["submit"], queues=["low"]))
    ana = bearing(door.add("ana", scopes=["admin"], queues=["low"]))
    at_door.request("POST", "/queues/low/pause", headers=eve)
    at_door.request("POST", "/tasks", headers=eve, json={"type": "uppercase", "queue": "mail", "data": "hunter2"})
    at_door.request("POST", "/queues/mail/pause", headers=ana)
    at_door.request("POST", "/dlq/retry", headers=ana, json={"queue": "mail"})
    assert lines(door) == [
        ("eve", "token", "POST /queues/{queue}/pause", {"queue": "low"}, 403),
        ("eve", "token", "POST /tasks", {}, 403),
        ("ana", "token", "POST /queues/{queue}/pause", {"queue": "mail"}, 404),
        ("ana", "token", "POST /dlq/retry", {"queue": "mail"}, 403),
    ]
    assert all(act.refused for act in door.acts)


def test_what_a_route_refuses_is_written_down_too_and_what_it_does_for_a_submitter_is_not(
    at_door: Any, door: Any, client: Any, bearing: Any
) -> None:
    sam = bearing(door.add("sam", scopes=["submit"]))
    at_door.request("POST", "/tasks", headers=sam, json={"type": "uppercase"})
    at_door.request("POST", "/tasks", headers=sam, json={"type": "upercase"})
    at_door.request("POST", "/tasks", headers=sam, content=b"{")
    at_door.request("DELETE", "/tasks/1-2-3", headers=sam)
    client.refuse_enqueue = UniqueConflict("1-2-3")
    at_door.request("POST", "/tasks", headers=sam, json={"type": "uppercase"})
    assert [(who, act, outcome) for who, _, act, _, outcome in lines(door)] == [
        ("sam", "POST /tasks", 422),
        ("sam", "POST /tasks", 409),
    ]


def test_a_session_without_its_csrf_text_and_a_foreign_page_are_written_down(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["admin"])
    at_door.post("/login", json={"token": token})
    at_door.post("/queues/low/pause", json={})
    at_door.post("/queues/low/pause", json={}, headers={"origin": "http://evil.example"})
    assert [line[0:2] + line[4:] for line in lines(door)] == [("ana", "cookie", 403), ("", "nobody", 403)]


def test_a_wrong_login_and_a_wrong_token_are_written_down_with_whose_they_claim_to_be_and_no_secret(
    at_door: Any, door: Any, bearing: Any
) -> None:
    token = door.add("ana", scopes=["read"])
    at_door.post("/login", json={"token": token[:-1]})
    at_door.post("/login", json={"token": "hunter2"})
    at_door.request("POST", "/queues/low/pause", headers=bearing("hunter2"))
    at_door.request("POST", "/queues/low/pause")  # shows nothing: only somebody at the wrong address
    at_door.request("GET", "/queues", headers=bearing("hunter2"))
    assert lines(door) == [
        ("", "nobody", "POST /login", {"as": "ana"}, 401),
        ("", "nobody", "POST /login", {}, 401),
        ("", "nobody", "POST /queues/{queue}/pause", {"queue": "low"}, 401),
    ]


def test_a_flood_of_refused_acts_leaves_few_lines_that_say_how_many_there_were(
    at_door: Any, door: Any, bearing: Any
) -> None:
    eve, ben = (bearing(door.add(name, scopes=["submit"])) for name in ("eve", "ben"))
    for _ in range(50):
        at_door.request("POST", "/queues/low/pause", headers=eve)
    at_door.request("POST", "/queues/low/pause", headers=ben)
    at_door.request("DELETE", "/dlq/1-2-3", headers=ben)
    assert [act.who for act in door.acts] == ["eve"] * 10 + ["ben"] * 2
    door.clock.now += 360
    at_door.request("POST", "/queues/low/pause", headers=eve)
    assert (door.acts[-1].who, door.acts[-1].left_out) == ("eve", 40)


def test_strangers_together_leave_few_lines_however_many_addresses_they_have(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["admin"])
    for number in range(60):
        at_door._client._transport.client = (f"10.0.0.{number}", 1)
        at_door.post("/login", json={"token": "wrong"})
    assert len(door.acts) == 30
    for _ in range(20):
        assert at_door.request("POST", "/queues/low/pause", headers={"Authorization": f"Bearer {token}"}).is_success
    assert len(door.acts) == 50
    door.clock.now += 60
    at_door.post("/login", json={"token": "wrong"})
    assert door.acts[-1].left_out == 30


@pytest.mark.parametrize("outcomes", [("low", 200), ("nowhere", 404)])
def test_an_open_gateway_writes_down_what_was_done_to_its_queues_and_few_slips(
    at_door: Any, door: Any, outcomes: tuple[str, int]
) -> None:
    queue, status = outcomes
    for _ in range(12):
        assert at_door.request("POST", f"/queues/{queue}/pause").status_code == status
    at_door.post("/tasks", json={"type": "nosuch"})
    assert len(door.acts) == (12 if status == 200 else 10)
