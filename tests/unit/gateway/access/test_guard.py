from typing import Any

import pytest

from engine.errors import StoreDown
from gateway.access.browser_headers import POLICY
from gateway.access.rules import RULES, Scope

QUERIES = {"/tasks": "?queue=low", "/dlq": "?queue=low", "/dlq/groups": "?queue=low"}


def example(path: str) -> str:
    return path.replace("{path:path}", "a").replace("{", "").replace("}", "")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.method} {rule.path}")
def test_each_route_lets_in_its_scope_and_no_less(at_door: Any, door: Any, bearing: Any, rule: Any) -> None:
    if rule.method == "WS":
        return
    tokens = {scope: door.add(scope, scopes=[scope]) for scope in ("read", "submit", "admin")}
    path = example(rule.path)
    stranger = at_door.request(rule.method, path)
    assert (stranger.status_code == 401) == (rule.scope is not Scope.OPEN) or rule.path == "/login"
    order = ["open", "read", "submit", "admin"]
    for scope, token in tokens.items():
        answer = at_door.request(rule.method, path, headers=bearing(token))
        assert (answer.status_code == 403) == (order.index(scope) < order.index(rule.scope)), (scope, answer.text)
        if answer.status_code == 403:
            assert f"needs the scope {rule.scope}" in answer.json()["error"]
            assert f'scope="{rule.scope}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/", "/tasks", "/nowhere", "/health", "/login", "/session"])
def test_every_answer_bears_the_headers(at_door: Any, door: Any, path: str) -> None:
    door.add("ops", scopes=["admin"])
    headers = at_door.get(path).headers
    assert headers["content-security-policy"].startswith(POLICY)
    assert headers["x-content-type-options"] == "nosniff"
    assert {"referrer-policy", "permissions-policy", "cross-origin-opener-policy"} <= set(headers)


def test_an_error_inside_and_a_body_too_large_bear_them_too(at_door: Any, client: Any) -> None:
    client.refuse = RuntimeError("on purpose")
    for answer in (at_door.get("/queues"), at_door.post("/tasks", content=b"x" * 2_000_000)):
        assert answer.status_code in (500, 413)
        assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer", "Basic {}", "{}", "Bearer {}x", "Bearer sha256:{}", "Bearer " + "x" * 5000]
)
def test_a_wrong_authorization_is_401_in_plain_words(at_door: Any, door: Any, header: str) -> None:
    token = door.add("ops", scopes=["admin"])
    answer = at_door.request("GET", "/queues", headers={"Authorization": header.format(token)})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="herdsman", error="invalid_token"'
    assert token not in answer.text


def test_a_token_that_expires_or_is_taken_out_is_refused_from_the_next_request_on(
    at_door: Any, door: Any, bearing: Any
) -> None:
    old = door.add("ops", scopes=["read"], expires=str_date(door.clock.now + 60))
    new = door.add("ops", scopes=["read"])
    assert [at_door.request("GET", "/queues", headers=bearing(one)).status_code for one in (old, new)] == [200, 200]
    door.clock.now += 61
    assert [at_door.request("GET", "/queues", headers=bearing(one)).status_code for one in (old, new)] == [401, 200]
    door.written.pop()
    door.add("other", scopes=["read"])
    assert at_door.request("GET", "/queues", headers=bearing(new)).status_code == 401


def str_date(epoch: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(epoch, UTC).isoformat()


def test_a_browser_without_a_session_is_sent_to_the_login_and_back(at_door: Any, door: Any) -> None:
    door.add("ops", scopes=["admin"])
    answer = at_door.request("GET", "/ui/jobs?state=dead&queue=a", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/ui/jobs%3Fstate%3Ddead%26queue%3Da"


def test_an_unknown_path_says_nothing_to_strangers(at_door: Any, door: Any, bearing: Any) -> None:
    token = door.add("ops", scopes=["read"])
    assert at_door.get("/nowhere").status_code == 401
    assert at_door.request("PUT", "/tasks", headers=bearing(token)).status_code == 405
    assert at_door.request("GET", "/nowhere", headers=bearing(token)).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:5000", "127.0.0.1.evil.example", "gateway", ""])
def test_a_name_pointed_at_loopback_gets_nothing(at_door: Any, door: Any, client: Any, host: str) -> None:
    door.access._only_here = True
    door.set()
    answer = at_door.request("GET", "/queues", headers={"host": host})
    assert answer.status_code == 421
    assert "gateway.allowed_hosts" in answer.json()["error"]
    assert at_door.request("POST", "/queues/low/purge", headers={"host": host}).status_code == 421
    assert client.purged == []
    assert at_door.request("GET", "/health", headers={"host": host}).status_code == 200
    for good in ("localhost:5000", "127.0.0.1:5000", "[::1]:5000"):
        assert at_door.request("GET", "/queues", headers={"host": good}).status_code == 200
    door.set(allowed_hosts=["gateway"])
    assert at_door.get("/queues").status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://gateway:3000", "https://gateway.evil.example"]
)
def test_an_act_of_a_foreign_page_is_refused_whoever_is_logged_in(
    at_door: Any, door: Any, client: Any, bearing: Any, origin: str
) -> None:
    for headers in ({}, bearing(door.add("ops", scopes=["admin"]))):
        answer = at_door.request("POST", "/queues/low/purge", headers={**headers, "origin": origin})
        assert answer.status_code == 403
        assert "only its own pages may act" in answer.json()["error"]
    assert client.purged == []


def test_the_limit_of_a_token_is_its_own_and_says_when_to_come_back(at_door: Any, door: Any, bearing: Any) -> None:
    door.set(rate_limit="3/s")
    one, other = door.add("one", scopes=["read"], rate_limit="2/10s"), door.add("other", scopes=["read"])

    def ask(token: str) -> Any:
        return at_door.request("GET", "/queues", headers=bearing(token))

    assert [ask(one).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(one).headers["retry-after"] == "5"
    assert [ask(other).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert at_door.get("/health").status_code == 200
    door.clock.now += 5
    assert [ask(one).status_code for _ in range(2)] == [200, 429]


def test_an_open_gateway_counts_all_requests_together(at_door: Any, door: Any) -> None:
    door.set(rate_limit="2/m")
    assert [at_door.get("/queues").status_code for _ in range(3)] == [200, 200, 429]


def test_acts_of_admins_are_written_down_and_reading_is_not(
    at_door: Any, door: Any, client: Any, bearing: Any, caplog: Any
) -> None:
    caplog.set_level("INFO")
    token = door.add("ana", scopes=["admin"])
    at_door.request("GET", "/queues", headers=bearing(token))
    at_door.request("POST", "/queues/low/pause", headers=bearing(token))
    at_door.request("POST", "/queues/nowhere/purge", headers=bearing(token))
    body = {"queue": "low", "limit": 5, "type": "a\nb"}
    at_door.request("POST", "/dlq/retry", headers=bearing(token), json=body)
    at_door.request("POST", "/dlq/1-2-3/retry", headers=bearing(token), json={"data": {"password": "hunter2"}})
    said = [(act.who, act.via, act.act, dict(act.on), act.outcome) for act in door.acts]
    assert said[0] == ("ana", "token", "POST /queues/{queue}/pause", {"queue": "low"}, 200)
    assert said[1] == ("ana", "token", "POST /queues/{queue}/purge", {"queue": "nowhere"}, 404)
    assert said[2][3] == {"queue": "low", "limit": "5", "type": "a\\nb"}
    assert said[3][3] == {"id": "1-2-3"}
    assert len(said) == 4
    assert "audit: ana (token) from" in caplog.text
    assert "hunter2" not in caplog.text
    assert token not in caplog.text


def test_an_act_is_answered_though_the_store_does_not_take_its_line(
    at_door: Any, door: Any, caplog: Any, store_down: StoreDown
) -> None:
    async def away(_: Any) -> None:
        raise store_down

    door.access.record = away
    assert at_door.post("/queues/low/pause").status_code == 200
    assert "the store did not take this line" in caplog.text


def test_the_access_log_has_a_line_for_each_request_and_no_secret(
    at_door: Any, door: Any, bearing: Any, caplog: Any
) -> None:
    caplog.set_level("INFO")
    token = door.add("ops", scopes=["read"])
    at_door.request("GET", "/queues", headers=bearing(token))
    assert "access:" not in caplog.text
    door.set(access_log=True)
    at_door.request("GET", f"/tasks?queue=secret&{token.replace('_', '%5F')}=1&limit=5", headers=bearing(token))
    at_door.request("GET", f"/{token}/a%0d%0aINFO fake: line%1b[31m")
    lines = [record.getMessage() for record in caplog.records if "access:" in record.getMessage()]
    assert len(lines) == 2
    assert ' ops "GET /tasks?queue&hm_***&limit" ' in lines[0]
    assert " 422 " in lines[0]
    assert "\\r\\nINFO fake: line\\x1b[31m" in lines[1]
    assert " - " in lines[1]
    assert token not in "".join(lines)
