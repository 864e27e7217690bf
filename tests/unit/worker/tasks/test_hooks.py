"""Functions at a worker's start and end."""

import pytest

from worker.tasks import hooks


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_starts", [])
    monkeypatch.setattr(hooks, "_stops", [])


def test_starts_are_called_in_order_and_stops_the_other_way_round() -> None:
    seen: list[str] = []
    for name in ("a", "b"):
        hooks.on_start(lambda name=name: seen.append(f"start {name}"))  # type: ignore[misc]
        hooks.on_stop(lambda name=name: seen.append(f"stop {name}"))  # type: ignore[misc]
    hooks.started()
    hooks.stopped()
    assert seen == ["start a", "start b", "stop b", "stop a"]


def test_a_failed_stop_keeps_no_other_from_being_called(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    hooks.on_stop(lambda: seen.append("last"))

    @hooks.on_stop
    def fails() -> None:
        raise ValueError("no")

    hooks.stopped()
    assert seen == ["last"]
    assert "fails failed" in caplog.text


def test_a_failed_start_is_the_callers_to_handle() -> None:
    @hooks.on_start
    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        hooks.started()
