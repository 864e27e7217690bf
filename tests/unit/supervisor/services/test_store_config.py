from pathlib import Path

import pytest

from supervisor.services.store_config import StoreFiles, advice, cut_tail, damage, lost_manifest, render

FILES = StoreFiles(
    folder=Path('/data/my "store"'),
    socket=Path("/run/store.sock"),
    pid_file=Path("/data/store.pid"),
    log_file=Path("/logs/store.log"),
)


def test_the_store_is_durable_private_and_never_evicts() -> None:
    lines = render(FILES, fsync="always", max_memory=1024).splitlines()
    for line in (
        "port 0",
        "unixsocketperm 700",
        "appendonly yes",
        "appendfsync always",
        "maxmemory-policy noeviction",
        "maxmemory 1024",
        'save ""',
        "aof-use-rdb-preamble yes",
        "daemonize no",
    ):
        assert line in lines
    assert r'dir "/data/my \"store\""' in lines


def test_no_limit_is_written_as_none() -> None:
    assert "maxmemory " not in render(FILES, fsync="everysec", max_memory=0)


@pytest.mark.parametrize(
    "line",
    [
        "1:M 1 Jan 2026 * Bad file format reading the append only file: make a backup of your AOF file",
        "1:M 1 Jan 2026 * AOF loading aborted because there is no such file",
        "1:M # Unable to obtain the AOF file appendonly.aof.1.base.rdb length. stat: No such file or directory",
    ],
)
def test_damage_is_recognised_in_the_servers_own_words(line: str) -> None:
    found = damage(f"Server initialized\n{line}\n")
    assert found == line
    assert str(FILES.folder) in advice(found, FILES)
    assert "Nothing was changed" in advice(found, FILES)


def test_an_ordinary_log_tells_of_no_damage() -> None:
    assert damage("Server initialized\nReady to accept connections unix\n") is None
    assert not cut_tail("Ready to accept connections unix\n")


def test_data_without_its_manifest_is_not_taken_for_a_new_store() -> None:
    assert lost_manifest(["appendonly.aof.1.incr.aof"])
    assert not lost_manifest(["appendonly.aof.1.incr.aof", "appendonly.aof.manifest"])
    assert not lost_manifest([])
