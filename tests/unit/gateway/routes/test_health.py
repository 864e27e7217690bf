import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.routes import health
from gateway.services import Services
from scoreboard import Board, WorkerState


@pytest.fixture
def board() -> Iterator[Board]:
    with Board.create(slots=4) as made:
        yield made


def test_health_answers_whatever_else_is_broken(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    answer = http.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["uptime_seconds"] >= 0


def test_ready_with_a_store_and_a_worker(http: Any) -> None:
    answer = http.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "workers": 1})


def test_not_ready_without_a_worker(http: Any, client: Any) -> None:
    client.alive = []
    answer = http.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"error": "no worker is ready"})


def test_not_ready_when_all_workers_drain(http: Any, client: Any, a_worker: Any) -> None:
    client.alive = [a_worker(state="draining")]
    assert http.get("/ready").status_code == 503


def test_not_ready_without_a_store(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    answer = http.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"error": "the store does not answer: refused"})


def test_not_ready_when_the_store_hangs(http: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> None:
        await asyncio.sleep(60)

    client.ping = hang
    monkeypatch.setattr(health, "WITHIN", 0.02)
    answer = http.get("/ready")
    assert answer.status_code == 503
    assert "did not answer" in answer.json()["error"]


def test_the_scoreboard_is_believed_before_the_store(client: Any, board: Board, http_to: Any) -> None:
    board.worker(2).begin(123, 456, 1)
    board.worker(2).set_state(WorkerState.BUSY)
    client.alive = []
    http = http_to(Services.around(client, board))
    assert http.get("/ready").json() == {"status": "ready", "workers": 1}


def test_workers_of_other_hosts_count_where_none_is_ready_here(client: Any, board: Board, http_to: Any) -> None:
    board.worker(0).begin(123, 456, 1)
    http = http_to(Services.around(client, board))
    assert http.get("/ready").json() == {"status": "ready", "workers": 1}
