from typing import Any

import pytest

from engine.errors import StoreDown

FORM = {"content-type": "application/x-www-form-urlencoded"}


def log_in(http: Any, token: str, **more: Any) -> str:
    """The cookie that a login sets, as the browser sends it back."""
    answer = http.post("/login", json={"token": token}, **more)
    assert answer.status_code == 200, answer.text
    http._client.cookies.clear()
    return str(answer.headers["set-cookie"]).partition(";")[0]


def test_a_token_shown_once_is_a_session_from_then_on(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["submit"], queues=["low", "mail"])
    assert at_door.get("/session").json()["rights"] == []
    answer = at_door.post("/login", json={"token": token})
    assert token not in answer.text + str(answer.headers)
    said = at_door.get("/session").json()  # the client keeps cookies
    csrf = said.pop("csrf")
    assert (said.pop("id"), said.pop("rights"), said.pop("queues")) == ("ana", ["read", "submit"], ["low", "mail"])
    assert said == {"tenants": None, "via": "cookie", "open": False}
    assert len(csrf) == 43
    assert at_door.get("/queues").status_code == 200
    assert at_door.post("/logout").json() == {"id": None}
    assert at_door.get("/queues").status_code == 401


def test_an_open_gateway_says_so(at_door: Any) -> None:
    said = at_door.get("/session").json()
    assert (said["open"], said["rights"], said["csrf"]) == (True, ["read", "submit", "admin"], None)
    assert at_door.get("/login?next=/ui/jobs").headers["location"] == "/ui/jobs"
    assert at_door.post("/login", json={"token": "x"}).status_code == 422


def test_an_act_by_cookie_needs_the_csrf_text_of_that_session(at_door: Any, door: Any, client: Any) -> None:
    token = door.add("ana", scopes=["admin"])
    one, other = (log_in(at_door, token) for _ in range(2))

    def act(cookie: str, csrf: str = "") -> int:
        headers = {"cookie": cookie, "origin": "http://gateway", "x-csrf-token": csrf}
        return int(at_door.request("POST", "/queues/low/purge", headers=headers, json={}).status_code)

    theirs = at_door.request("GET", "/session", headers={"cookie": other}).json()["csrf"]
    mine = at_door.request("GET", "/session", headers={"cookie": one}).json()["csrf"]
    assert [act(one), act(one, "x"), act(one, theirs)] == [403, 403, 403]
    assert client.purged == []
    assert act(one, mine) == 200
    assert [(act.via, act.outcome) for act in door.acts] == [("cookie", 403)] * 3 + [("cookie", 200)]


def test_a_session_ends_with_its_lifetime_its_token_or_the_tokens_end(at_door: Any, door: Any) -> None:
    door.set(session={"lifetime": "1h"})
    token = door.add("ana", scopes=["read"])
    cookie = {"cookie": log_in(at_door, token)}
    assert at_door.request("GET", "/queues", headers=cookie).status_code == 200
    door.clock.now += 3600
    assert at_door.request("GET", "/queues", headers=cookie).status_code == 401
    cookie = {"cookie": log_in(at_door, token)}
    kept = door.written.pop()
    door.add("ana", scopes=["read"])  # the same id, another token
    assert at_door.request("GET", "/queues", headers=cookie).status_code == 401
    door.written.append(kept)
    door.set()
    assert at_door.request("GET", "/queues", headers=cookie).status_code == 200


def test_what_stays_open_is_told_when_its_rights_are_gone(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["read"], expires="2030-01-01")
    value, who = at_door._loop.run(door.access.login(token, "a"))
    assert value
    assert who.until == door.clock.now + 12 * 3600
    assert door.access.holds(who)
    door.clock.now = who.until
    assert not door.access.holds(who)
    door.clock.now -= 100
    assert door.access.holds(who)
    door.written.clear()
    door.set()
    assert not door.access.holds(who)


def test_several_gateways_know_one_anothers_sessions(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["read"])
    cookie = log_in(at_door, token)
    other = door.make()
    assert at_door._loop.run(other.by_cookie(cookie)).id == "ana"
    door.stored = b"another" * 5
    third = door.make()
    assert at_door._loop.run(third.by_cookie(cookie)) is None


def test_a_gateway_that_cannot_read_the_secret_says_so_and_lets_nobody_in_by_cookie(
    at_door: Any, door: Any, store_down: StoreDown
) -> None:
    token = door.add("ana", scopes=["read"])

    async def away(_: bytes) -> bytes:
        raise store_down

    door.access.secret._seal = away
    assert at_door.request("GET", "/queues", headers={"cookie": "herdsman_session=x"}).status_code == 503
    assert at_door.post("/login", json={"token": token}).status_code == 503
    assert at_door.request("GET", "/queues", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert at_door.get("/health").status_code == 200


def test_a_copied_cookie_is_refused_after_the_logout_and_other_sessions_go_on(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["read"])
    mine, other = ({"cookie": log_in(at_door, token)} for _ in range(2))
    assert at_door.request("GET", "/queues", headers=mine).status_code == 200
    left = at_door.request("POST", "/logout", headers=mine)
    assert (left.status_code, "Max-Age=0" in left.headers["set-cookie"]) == (200, True)
    assert at_door.request("GET", "/queues", headers=mine).status_code == 401
    assert at_door.request("GET", "/session", headers=mine).json()["id"] is None
    assert at_door.request("POST", "/logout", headers=mine).status_code == 200
    assert at_door.request("GET", "/queues", headers=other).status_code == 200
    assert len(door.ended) == 1
    forged = {"cookie": other["cookie"][:-1]}
    assert at_door.request("POST", "/logout", headers=forged).status_code == 200
    assert at_door.request("GET", "/queues", headers=other).status_code == 200


def test_another_gateway_hears_of_a_logout_at_once_for_acts_and_within_a_second_for_reading(
    at_door: Any, door: Any
) -> None:
    token, run = door.add("ana", scopes=["read"]), at_door._loop.run
    cookie = log_in(at_door, token)
    other = door.make()
    assert run(other.by_cookie(cookie)).login
    assert at_door.request("POST", "/logout", headers={"cookie": cookie}).status_code == 200
    assert run(other.by_cookie(cookie, anew=False)) is not None
    assert run(other.by_cookie(cookie)) is None
    assert run(other.by_cookie(cookie, anew=False)) is None


def test_whoever_only_reads_has_the_store_asked_once_a_second(at_door: Any, door: Any) -> None:
    cookie = {"cookie": log_in(at_door, door.add("ana", scopes=["read"]))}
    for _ in range(5):
        assert at_door.request("GET", "/queues", headers=cookie).status_code == 200
    assert door.asked == 1
    door.clock.now += 1
    assert at_door.request("GET", "/queues", headers=cookie).status_code == 200
    assert door.asked == 2


def test_a_logout_while_the_store_is_away_counts_here_at_once_and_elsewhere_when_it_is_back(
    at_door: Any, door: Any, store_down: StoreDown
) -> None:
    token = door.add("ana", scopes=["read"])
    mine, other, unseen = ({"cookie": log_in(at_door, token)} for _ in range(3))
    assert at_door.request("GET", "/queues", headers=other).status_code == 200
    door.away = store_down
    left = at_door.request("POST", "/logout", headers={**mine, "accept": "text/html"})
    assert (left.status_code, "Max-Age=0" in left.headers["set-cookie"]) == (503, True)
    assert "this browser has forgotten" in left.json()["error"]
    assert at_door.request("GET", "/queues", headers=mine).status_code == 401
    assert at_door.request("GET", "/queues", headers=other).status_code == 200
    assert at_door.request("GET", "/queues", headers=unseen).status_code == 503
    door.away = None
    door.clock.now += 1
    assert at_door.request("GET", "/queues", headers=other).status_code == 200
    assert len(door.ended) == 1


def test_what_stays_open_is_told_of_a_logout_at_another_gateway(at_door: Any, door: Any, store_down: StoreDown) -> None:
    run = at_door._loop.run
    _, who = run(door.access.login(door.add("ana", scopes=["read"]), "a"))
    door.ended.add(who.login)
    door.away = store_down
    run(door.access.logouts.look_again({who.login}))
    assert door.access.holds(who)
    door.away = None
    run(door.access.logouts.look_again({who.login}))
    assert not door.access.holds(who)


def test_wrong_logins_of_one_address_are_slowed_and_the_right_one_waits_with_them(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["read"])
    answers = [at_door.post("/login", json={"token": "hm_ana_x"}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert answers[-1].headers["retry-after"] == "6"
    assert at_door.post("/login", json={"token": token}).status_code == 429
    door.clock.now += 6
    assert [at_door.post("/login", json={"token": token}).status_code for _ in range(15)] == [200] * 15


def test_the_page_is_a_form_without_script(at_door: Any, door: Any) -> None:
    door.add("ana", scopes=["read"])
    page = at_door.get('/login?next=/ui/a"><script>')
    assert page.status_code == 200
    assert "<script" not in page.text
    assert '<form method="post" action="/login">' in page.text
    nonce = page.text.partition('<style nonce="')[2].partition('"')[0]
    assert f"style-src 'self' 'nonce-{nonce}'" in page.headers["content-security-policy"]
    assert nonce not in at_door.get("/login").text


def test_the_form_logs_in_and_goes_on_to_where_one_came_from(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["read"])
    answer = at_door.post("/login", content=f"token={token}&next=/ui/jobs%3Fa%3D1", headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/jobs?a=1")
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    wrong = at_door.post("/login", content="token=%3Cb%3E&next=/ui/jobs", headers=FORM)
    assert (wrong.status_code, wrong.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "not known here" in wrong.text
    assert 'value="/ui/jobs"' in wrong.text
    foreign = at_door.post("/login", content=f"token={token}", headers={**FORM, "origin": "http://evil.example"})
    assert foreign.status_code == 403


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example", "/\\evil.example", "/\n/x", "x", ""])
def test_nobody_is_led_elsewhere_by_a_login(at_door: Any, door: Any, there: str) -> None:
    token = door.add("ana", scopes=["read"])
    from urllib.parse import quote

    answer = at_door.post("/login", content=f"token={token}&next={quote(there, safe='')}", headers=FORM)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {}}, 422),
        ({"json": {"token": 5}}, 422),
        ({"json": {"token": "x", "tokn": 1}}, 422),
        ({"json": []}, 400),
        ({"content": b"\xff=1", "headers": FORM}, 400),
        ({"content": b"a=1&" * 50, "headers": FORM}, 400),
        ({"content": b"token=", "headers": FORM}, 422),
        ({"content": b"x"}, 415),
    ],
)
def test_a_bad_login_is_an_answer(at_door: Any, door: Any, sent: Any, status: int) -> None:
    door.add("ana", scopes=["read"])
    answer = at_door.post("/login", **sent)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_over_https_the_cookie_is_for_https_only(at_door: Any, door: Any) -> None:
    token = door.add("ana", scopes=["read"])
    cookie = log_in(at_door, token, headers={"origin": "https://gateway"})
    assert cookie.startswith("__Host-herdsman_session=")
    assert at_door.request("GET", "/queues", headers={"cookie": cookie}).status_code == 200
