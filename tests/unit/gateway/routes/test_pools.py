from dataclasses import replace
from typing import Any

import pytest

from gateway.services import Services
from gateway.supervisor_link import NoSupervisor, SupervisorRefused

STATUS = {
    "pools": [
        {"name": "default", "workers": [{"name": "default.0"}, {"name": "default.1"}]},
        {"name": "gpu", "workers": []},
    ]
}


class FakeLink:
    """A supervisor with two pools; it notes what it is asked for, or fails as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self.answer: dict[str, Any] = {}
        self.absent = False

    async def status(self) -> dict[str, Any]:
        if self.absent:
            raise NoSupervisor("no supervisor answers")
        return STATUS

    async def deaths(self, limit: int) -> list[dict[str, Any]]:
        await self.status()
        return [{"id": "1-2", "limit": limit}]

    async def act(self, verb: str, **args: Any) -> dict[str, Any]:
        self.asked.append((verb, args))
        if self.error:
            raise self.error
        return self.answer


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def http(at_hand: Services, link: FakeLink, http_to: Any) -> Any:
    return http_to(replace(at_hand, link=link))


def test_pools_and_deaths_are_the_supervisor_s(http: Any) -> None:
    assert http.get("/pools").json() == STATUS
    assert http.get("/deaths").json() == {"deaths": [{"id": "1-2", "limit": 100}]}
    assert http.get("/deaths?limit=5").json() == {"deaths": [{"id": "1-2", "limit": 5}]}


@pytest.mark.parametrize("to", ["4", "+1", "-1", "max"])
def test_a_pool_is_scaled(http: Any, link: FakeLink, to: str) -> None:
    link.answer = {"name": "default", "before": 2, "desired": 4, "warning": "memory is short"}
    answer = http.post("/pools/default/scale", json={"to": to})
    assert (answer.status_code, answer.json()) == (202, {"pool": "default", "desired": 4, "warning": "memory is short"})
    assert link.asked == [("scale", {"name": "default", "count": to})]


@pytest.mark.parametrize("body", [{}, {"to": 4}, {"to": "all"}, {"to": "4", "x": 1}, {"to": None}, {"to": "9" * 9}])
def test_a_count_that_is_none_is_422_and_nothing_is_done(http: Any, link: FakeLink, body: dict[str, Any]) -> None:
    assert http.post("/pools/default/scale", json=body).status_code == 422
    assert link.asked == []


@pytest.mark.parametrize("verb", ["reload", "restart"])
def test_a_pool_is_rolled_and_the_rollout_has_a_number(http: Any, link: FakeLink, verb: str) -> None:
    link.answer = {"rollouts": [{"pool": "default", "id": 3}]}
    answer = http.post(f"/pools/default/{verb}", json={})
    assert (answer.status_code, answer.json()) == (202, {"pool": "default", "rollout": 3})
    assert link.asked == [(verb, {"name": "default"})]


def test_a_worker_is_killed_by_its_name(http: Any, link: FakeLink) -> None:
    link.answer = {"signal": "SIGKILL", "heard": ["default.1"]}
    answer = http.post("/workers/default.1/kill", json={})
    assert (answer.status_code, answer.json()) == (202, {"worker": "default.1", "signal": "SIGKILL"})
    assert link.asked == [("signal", {"name": "default.1", "signal": "KILL"})]
    link.answer = {"heard": []}
    assert http.post("/workers/default.1/kill", json={}).status_code == 409


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/pools/defualt/scale", "default"),
        ("/pools/defualt/reload", "default"),
        ("/pools/defualt/restart", "default"),
        ("/workers/default.11/kill", "default.1"),
        ("/workers/default/kill", "default."),  # a pool: all its workers would be killed
    ],
)
def test_an_unknown_name_is_404_with_the_nearest(http: Any, link: FakeLink, path: str, near: str) -> None:
    answer = http.post(path, json={"to": "1"} if "scale" in path else {})
    assert answer.status_code == 404
    assert f'did you mean "{near}' in answer.json()["error"]
    assert link.asked == []


CALLS = [
    ("GET", "/pools", None),
    ("GET", "/deaths", None),
    ("POST", "/pools/default/scale", {"to": "1"}),
    ("POST", "/pools/default/reload", {}),
    ("POST", "/workers/default.0/kill", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_without_a_supervisor_it_is_503(http: Any, link: FakeLink, method: str, path: str, body: Any) -> None:
    link.absent = True
    answer = http.request(method, path, json=body)
    assert (answer.status_code, list(answer.json())) == (503, ["error"])


def test_a_gateway_without_a_config_file_knows_no_supervisor(at_hand: Services, http_to: Any) -> None:
    assert http_to(at_hand).get("/pools").status_code == 503


def test_what_the_supervisor_refuses_is_409_in_its_own_words(http: Any, link: FakeLink) -> None:
    link.error = SupervisorRefused("pool default is stopped")
    answer = http.post("/pools/default/reload", json={})
    assert (answer.status_code, answer.json()) == (409, {"error": "pool default is stopped"})


def test_a_foreign_page_cannot_act(http: Any, link: FakeLink) -> None:
    for path in ("/pools/default/scale", "/pools/default/restart", "/workers/default.0/kill"):
        assert http.post(path, content="to=0", headers={"content-type": "text/plain"}).status_code == 415
    assert link.asked == []


@pytest.mark.parametrize("limit", ["0", "1001", "x", "-1"])
def test_a_limit_that_is_none_is_422(http: Any, limit: str) -> None:
    assert http.get(f"/deaths?limit={limit}").status_code == 422
