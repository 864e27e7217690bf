import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import httpx
import pytest

from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_request_ends_it_with_status_0(gateway: Any, number: signal.Signals) -> None:
    assert gateway.stop(number) == 0
    assert "stopped" in gateway.log
    assert "Traceback" not in gateway.log


def test_a_stop_answers_those_who_wait_and_takes_less_than_five_seconds(gateway: Any, http: httpx.Client) -> None:
    answers: list[httpx.Response] = []
    url = f"http://127.0.0.1:{gateway.port}/tasks?wait=60s"
    body = {"type": "nobody-knows", "accept_unknown": True}
    waiting = [
        threading.Thread(target=lambda: answers.append(httpx.post(url, json=body, timeout=30))) for _ in range(5)
    ]
    for thread in waiting:
        thread.start()
    eventually(lambda: [queue["pending"] for queue in http.get("/queues").json()["queues"]] == [5], 10)
    began = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - began < 5
    for thread in waiting:
        thread.join(10)
    assert [answer.status_code for answer in answers] == [202] * 5
    assert "Traceback" not in gateway.log


def test_a_client_that_sends_nothing_more_does_not_hold_up_the_stop(gateway: Any) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as stalled:
        stalled.sendall(b"POST /tasks HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{")
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=10):
            began = time.monotonic()
            assert gateway.stop() == 0
            assert time.monotonic() - began < 5.5


def test_a_taken_port_is_a_plain_error_and_status_1(house: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        house.write(f"port: {other.getsockname()[1]}")
        refused = house.start()
        assert refused.ends() == 1
    assert "is taken by another program" in refused.log
    assert "Traceback" not in refused.log


@pytest.mark.parametrize("host", ["0.0.0.0", "'::'", "192.0.2.7"])
def test_a_host_that_others_can_reach_is_refused_with_status_2(house: Any, host: str) -> None:
    house.write(f"host: {host}, port: 0")
    refused = house.start()
    assert refused.ends() == 2
    assert "tokens" in refused.log
    assert "Traceback" not in refused.log


def test_a_bad_file_is_status_2_without_a_stack(house: Any) -> None:
    house.write("prot: 5000")
    refused = house.start()
    assert refused.ends() == 2
    assert "gateway.prot" in refused.log
    assert "Traceback" not in refused.log


def test_a_kind_of_store_that_is_not_supported_yet_is_status_2_without_a_stack(house: Any) -> None:
    house.url = "redis+cluster://127.0.0.1:1,127.0.0.1:2"
    house.write()
    refused = house.start()
    assert refused.ends() == 2
    assert "redis.url" in refused.log
    assert "Traceback" not in refused.log


def test_it_starts_while_the_store_is_away(house: Any, store: Any) -> None:
    store.stop()
    started = house.start()
    started.wait_until_up()
    assert started.http.get("/ready").status_code == 503
    store.start()
    eventually(lambda: "no worker" in started.http.get("/ready").text, 5)


def test_no_config_named_is_wrong_usage() -> None:
    environ = {name: value for name, value in os.environ.items() if name != "HERDSMAN_CONFIG"}
    done = subprocess.run(
        [sys.executable, "-m", "gateway"], env=environ, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert "--config" in done.stderr
