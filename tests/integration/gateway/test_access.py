"""A live gateway with tokens: each route with each scope, no secret in anything it says, tokens that change."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from gateway.access.rules import RULES, Scope
from gateway.access.tokens import hashed, mint
from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]

ORDER = [Scope.OPEN, Scope.READ, Scope.SUBMIT, Scope.ADMIN]


class Guarded:
    """A gateway with one token for each scope."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.tokens = {scope: mint(scope) for scope in ORDER[1:]}
        self.write()
        self.process = house.start()
        self.process.wait_until_up()

    def write(self, *without: str, more: str = "") -> None:
        lines = [
            f"{{id: {scope}, hash: 'sha256:{hashed(token)}', scopes: [{scope}]}}"
            for scope, token in self.tokens.items()
            if scope not in without
        ]
        self.house.write(f"host: 0.0.0.0, port: 0, access_log: true, tokens: [{', '.join(lines)}]{more}")

    def ask(self, method: str, path: str, scope: str | None = None, **more: Any) -> httpx.Response:
        headers = more.pop("headers", {})
        if scope:
            headers["Authorization"] = f"Bearer {self.tokens[Scope(scope)]}"
        answer: httpx.Response = self.process.http.request(method, path, headers=headers, **more)
        return answer


@pytest.fixture
def guarded(house: Any) -> Guarded:
    return Guarded(house)


def test_each_route_of_a_live_gateway_takes_its_scope(guarded: Guarded, worker: Any) -> None:
    wrong = []
    for rule in RULES:
        if rule.method == "WS":
            continue
        path = rule.path.replace("{path:path}", "a").replace("{", "").replace("}", "")
        for scope in (None, *ORDER[1:]):
            answer = guarded.ask(rule.method, path, scope)
            has = ORDER.index(scope or Scope.OPEN)
            refused = 401 if scope is None else 403
            if rule.scope is Scope.OPEN:
                fits = answer.status_code != 403
            else:
                fits = (answer.status_code == refused) == (has < ORDER.index(rule.scope))
            if not fits or answer.status_code == 500:
                wrong.append((rule.method, path, scope, answer.status_code))
            assert "content-security-policy" in answer.headers
    assert wrong == []


def test_what_admins_did_is_listed_with_who_and_from_where(guarded: Guarded) -> None:
    guarded.ask("POST", "/tasks", "submit", json={"type": "x", "queue": "mail", "accept_unknown": True})
    assert guarded.ask("POST", "/queues/mail/pause", "admin").status_code == 200
    assert guarded.ask("POST", "/queues/mail/purge", "submit").status_code == 403
    assert guarded.ask("POST", "/queues/mail/resume", "admin").status_code == 200
    eventually(lambda: len(guarded.ask("GET", "/audit", "admin").json()["acts"]) == 3, 10)  # lines follow the answers
    found = guarded.ask("GET", "/audit?limit=1", "admin").json()
    assert found["acts"][0] | {"at": ""} == {
        "at": "",
        "who": "admin",
        "via": "token",
        "act": "POST /queues/{queue}/resume",
        "on": {"queue": "mail"},
        "outcome": 200,
        "refused": False,
        "left_out": 0,
        "address": "127.0.0.1",
    }
    rest = guarded.ask("GET", f"/audit?cursor={found['cursor']}", "admin").json()
    assert [(one["act"], one["who"], one["refused"]) for one in rest["acts"]] == [
        ("POST /queues/{queue}/purge", "submit", True),
        ("POST /queues/{queue}/pause", "admin", False),
    ]


def test_no_token_is_in_anything_that_is_said(guarded: Guarded, house: Any, worker: Any) -> None:
    token = guarded.tokens[Scope.ADMIN]
    secrets = [token, token.rpartition("_")[2], hashed(token)]
    login = guarded.ask("POST", "/login", json={"token": token})
    cookie = login.cookies["herdsman_session"]
    csrf = guarded.ask("GET", "/session").json()["csrf"]
    own = {"X-CSRF-Token": csrf, "Origin": f"http://127.0.0.1:{guarded.process.port}"}
    assert guarded.ask("POST", "/queues/none/pause", headers=own, json={}).status_code == 404
    said = [login.text]
    for method, path, more in (
        ("GET", f"/{token}?{token}={token}", {}),
        ("GET", "/openapi.json", {}),
        ("GET", "/metrics", {}),
        ("GET", "/audit", {}),
        ("GET", "/session", {}),
        ("GET", "/login", {}),
        ("POST", "/login", {"json": {"token": token + "x"}}),
        ("POST", "/tasks", {"content": b"{", "headers": {"content-type": "application/json"}}),
        ("GET", "/queues", {"headers": {"Authorization": f"Basic {token}"}}),
    ):
        said.append(
            guarded.ask(method, path, None if "Authorization" in more.get("headers", {}) else "admin", **more).text
        )
    said[1] = said[1].replace(f'/{token}\\"', "")  # an address that is not there is said back to whoever sent it
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    for words in (["supervisor", "-c", str(house.config), "check"], ["config", "-c", str(house.config), "--store"]):
        done = subprocess.run(
            [sys.executable, "-m", *words], env=environ, capture_output=True, text=True, check=False, timeout=30
        )
        said += [done.stdout, done.stderr]
    assert guarded.process.stop() == 0
    log = guarded.process.log
    assert "audit: admin (cookie) from 127.0.0.1: POST /queues/{queue}/pause queue=none: 404" in log
    assert 'access: 127.0.0.1 admin "GET /hm_***?hm_***" 404' in log
    for text in (*said, log):
        for secret in secrets:
            assert secret not in text
    assert cookie not in log
    assert csrf not in log


def test_tokens_are_changed_without_a_restart_and_a_bad_file_changes_nothing(guarded: Guarded) -> None:
    def reread() -> None:
        before = len(re.findall(r"read .* again|stay as they were", guarded.process.log))
        guarded.process.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(re.findall(r"read .* again|stay as they were", guarded.process.log)) > before, 15)

    guarded.write("read")
    reread()
    assert guarded.ask("GET", "/queues", "read").status_code == 401
    with pytest.raises(InvalidStatus, match="401"):
        connect(f"ws://127.0.0.1:{guarded.process.port}/ws")
    assert guarded.ask("GET", "/queues", "submit").status_code == 200
    assert "ERROR" not in guarded.process.log
    guarded.write(more=", prot: 5")
    reread()
    assert guarded.ask("GET", "/queues", "read").status_code == 401
    guarded.house.write("host: 0.0.0.0, port: 0")
    reread()
    assert "without any, a gateway that others can reach is not run" in guarded.process.log
    assert guarded.ask("GET", "/queues").status_code == 401
    guarded.write()
    reread()
    assert guarded.ask("GET", "/queues", "read").status_code == 200


def closed_with(tab: ClientConnection) -> int:
    """The code with which a live feed is closed, whatever it said before."""
    while True:
        try:
            tab.recv(timeout=10)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 0


def test_a_session_outlives_its_gateway_and_one_that_was_logged_out_is_over_at_all_of_them(guarded: Guarded) -> None:
    def log_in() -> dict[str, str]:
        guarded.process.http.cookies.clear()
        guarded.ask("POST", "/login", json={"token": guarded.tokens[Scope.READ]})
        return {"cookie": f"herdsman_session={guarded.process.http.cookies.pop('herdsman_session')}"}

    another = guarded.house.start()
    another.wait_until_up()
    stays, leaves = log_in(), log_in()
    assert another.http.get("/queues", headers=leaves).status_code == 200
    with connect(f"ws://127.0.0.1:{another.port}/ws", additional_headers=leaves) as tab:
        assert guarded.ask("POST", "/logout", headers=leaves).status_code == 200
        assert guarded.ask("GET", "/queues", headers=leaves).status_code == 401
        eventually(lambda: another.http.get("/queues", headers=leaves).status_code == 401, 10)
        assert closed_with(tab) == 4401
    assert guarded.process.stop() == 0
    assert another.http.get("/queues", headers=stays).status_code == 200
    assert another.http.get("/queues").status_code == 401


def test_an_open_gateway_says_so_and_answers_only_to_names_of_this_machine(gateway: Any) -> None:
    assert "open to every user of this machine" in gateway.log
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(b"GET /queues HTTP/1.1\r\nhost: evil.example\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 421")


def test_without_tokens_a_host_that_others_can_reach_is_refused_and_the_way_out_is_named(house: Any) -> None:
    house.write("host: 0.0.0.0, port: 0")
    refused = house.start()
    assert refused.ends() == 2
    assert "python -m gateway token" in refused.log
