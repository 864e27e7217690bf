from types import SimpleNamespace
from typing import Any

from config import Config
from supervisor.outside.discovery import targets
from supervisor.services.states import State


def pool(port: int | None, *states: State) -> Any:
    seats = [SimpleNamespace(index=index, name=f"web.{index}", state=state) for index, state in enumerate(states)]
    return SimpleNamespace(name="web", config=SimpleNamespace(http_port=port), seats=seats)


def herd(*pools: Any, gateway: State = State.RUNNING) -> Any:
    return SimpleNamespace(config=Config(), pools=pools, gateway=SimpleNamespace(state=gateway))


def places(found: list[dict[str, Any]]) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {}
    for one in found:
        seen.setdefault(one["labels"]["component"], []).extend(one["targets"])
    return seen


LOCAL = {"metrics": "127.0.0.1:9100", "gateway": "127.0.0.1:5000"}
OPEN = {"metrics": "0.0.0.0:9100", "gateway": "10.0.0.7:5000"}


def test_each_worker_that_runs_and_serves_is_a_target_of_its_own() -> None:
    web = pool(5001, State.RUNNING, State.BACKOFF, State.RUNNING)
    found = targets(herd(web, pool(None, State.RUNNING)), LOCAL, "127.0.0.1")
    assert places(found) == {
        "supervisor": ["127.0.0.1:9100"],
        "gateway": ["127.0.0.1:5000"],
        "worker": ["127.0.0.1:5001", "127.0.0.1:5003"],
    }
    labels = {"component": "worker", "namespace": "default", "pool": "web", "worker": "web.2"}
    assert found[-1]["labels"] == labels


def test_who_asks_from_elsewhere_is_told_only_what_can_be_reached_from_there() -> None:
    found = targets(herd(pool(5001, State.RUNNING)), OPEN, "192.0.2.5")
    assert places(found) == {"supervisor": ["192.0.2.5:9100"], "gateway": ["10.0.0.7:5000"]}
    assert places(targets(herd(), {**LOCAL, "metrics": "[::]:9100"}, "2001:db8::5")) == {
        "supervisor": ["[2001:db8::5]:9100"]
    }


def test_a_gateway_that_does_not_run_is_no_target() -> None:
    assert places(targets(herd(gateway=State.BACKOFF), LOCAL, "::1")) == {"supervisor": ["127.0.0.1:9100"]}


def test_a_host_given_by_name_is_told_as_it_is() -> None:
    assert places(targets(herd(), {"metrics": "localhost:9100"}, "192.0.2.5")) == {"supervisor": ["localhost:9100"]}
