"""What the metrics port says of the herd's health, with herds of straw."""

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from scoreboard import Board
from supervisor.outside.pages import pages, ready
from supervisor.services.states import State


def pool(running: int, target: int = 1) -> Any:
    return SimpleNamespace(name="web", number=0, target=target, seats=SimpleNamespace(running=running))


def arbiter(board: Board, *pools: Any, store: State | None = State.RUNNING, leaving: str | None = None) -> Any:
    own = SimpleNamespace(state=store) if store else None
    herd = SimpleNamespace(board=board, pool_records=1, pools=list(pools), store=own)
    return SimpleNamespace(herd=herd, leaving=leaving, addresses={})


@pytest.mark.parametrize(
    ("pools", "words", "up", "reasons"),
    [
        ([pool(1)], {}, True, []),
        ([], {}, False, []),  # programs alone: nobody asks for the store
        ([pool(0)], {}, True, ["pool web has no running worker"]),
        ([pool(1), pool(0, target=0)], {}, True, []),
        ([pool(0, target=0)], {}, True, ["every pool is stopped or wants no worker"]),
        ([pool(1)], {"store": State.BACKOFF}, True, ["the store is BACKOFF"]),
        ([pool(1)], {"store": None}, False, ["the store does not answer"]),
        ([pool(1)], {"leaving": "SIGTERM"}, True, ["the supervisor is shutting down"]),
    ],
)
def test_ready_means_workers_for_every_pool_and_a_store_that_answers(
    pools: list[Any], words: dict[str, Any], up: bool, reasons: list[str]
) -> None:
    with Board.create(1, 1) as board:
        board.figures(0).publish({"up": up, "read_at": time.time(), "queues": {}})
        status, _, body = ready(arbiter(board, *pools, **words))
    assert (status, json.loads(body).get("reasons", [])) == (503 if reasons else 200, reasons)


def test_health_is_said_whatever_else_is_broken() -> None:
    with Board.create(1, 1) as board:
        status, _, body = pages(arbiter(board, pool(0), store=State.FATAL, leaving="SIGTERM"))["/health"]("127.0.0.1")
    assert (status, json.loads(body)) == (200, {"status": "alive"})
