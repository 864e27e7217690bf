"""A store that is away, or hangs, is said so at once."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]


def test_after_the_first_answer_a_store_that_is_away_costs_nobody_a_wait(http: httpx.Client, store: Any) -> None:
    assert http.get("/queues").status_code == 200
    store.stop()
    assert http.get("/queues").status_code == 503
    began = time.monotonic()
    answers = [http.post("/tasks", json={"type": "uppercase"}) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.headers["retry-after"] for answer in answers} == {"1"}
    assert time.monotonic() - began < 5  # each would have waited for 4 s
    store.start()
    eventually(lambda: http.get("/queues").status_code == 200, 5)


def test_a_store_that_hangs_is_given_up_once_and_found_again(gateway: Any, http: httpx.Client, store: Any) -> None:
    assert http.get("/queues").status_code == 200
    os.kill(store.pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(40) as pool:  # more than there are connections
            began = time.monotonic()
            paths = [f"/tasks/1-1700000000000-{n}" for n in range(40)]
            answers = list(pool.map(http.get, paths))
            assert {answer.status_code for answer in answers} == {503}
            assert time.monotonic() - began < 10
        began = time.monotonic()
        assert [http.get("/queues").status_code for _ in range(20)] == [503] * 20
        assert time.monotonic() - began < 2
    finally:
        os.kill(store.pid, signal.SIGCONT)
    eventually(lambda: http.get("/queues").status_code == 200, 5)
