"""Which tests run on which server."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.architecture import ROOT
from tests.support.servers import StoreServer
from tests.support.turns import EVERY, out_of_turn

KINDS = [StoreServer("valkey", None, "9"), StoreServer("redis", None, "7")]


def item(name: str, path: str, server: StoreServer | None, *marks: str) -> Any:
    return SimpleNamespace(
        name=f"{name}[{server}]",
        path=ROOT / path,
        callspec=SimpleNamespace(params={"store_server": server, "n": 1}),
        get_closest_marker=lambda mark: mark if mark in marks else None,
    )


def left(path: str, *marks: str, names: int = 40) -> list[tuple[str, StoreServer]]:
    items = [item(f"test_{n}", path, server, *marks) for server in KINDS for n in range(names)]
    out = out_of_turn(items)
    return [(one.name.partition("[")[0], one.callspec.params["store_server"]) for one in items if one not in out]


@pytest.fixture(autouse=True)
def not_asked_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(EVERY, raising=False)


def test_above_the_engine_each_test_has_one_server_and_each_server_a_share() -> None:
    found = left("tests/chaos/test_x.py")
    assert sorted(name for name, _ in found) == sorted(f"test_{n}" for n in range(40))
    assert all(10 < sum(server == kind for _, server in found) < 30 for kind in KINDS)
    assert found == left("tests/chaos/test_x.py")


def test_the_engines_tests_run_on_each_and_marks_go_before() -> None:
    assert len(left("tests/integration/engine/test_x.py")) == 80
    assert len(left("tests/integration/engine/test_x.py", "by_turns")) == 40
    assert len(left("tests/chaos/test_x.py", "every_server")) == 80


def test_a_test_without_a_server_or_with_one_alone_always_runs() -> None:
    assert out_of_turn([item("test_a", "tests/chaos/test_x.py", None)] * 2) == []
    assert out_of_turn([item("test_a", "tests/chaos/test_x.py", KINDS[0])]) == []


def test_asked_to_all_run_on_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EVERY, "1")
    assert len(left("tests/chaos/test_x.py")) == 80
