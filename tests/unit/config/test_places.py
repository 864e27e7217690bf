import os
import stat

import pytest

from config import ConfigError, Places
from config.places import SOCKET_PATH_LIMIT


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def short_dir(monkeypatch):
    """A temporary folder with a short name, whatever pytest's own is called."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hm", dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield folder


def test_everything_is_under_data_dir(tmp_path):
    places = Places(tmp_path)
    for path in (places.store_dir, places.logs_dir, places.supervisor_pid, places.janitor_pid):
        assert path.is_relative_to(tmp_path)


def test_naming_places_makes_nothing(tmp_path):
    Places(tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_the_folders_are_made_for_this_user_only(short_dir):
    from pathlib import Path

    places = Places(Path(short_dir) / "deep" / "data")
    places.prepare()
    places.prepare()
    assert places.control_socket.is_relative_to(places.data_dir)
    folders = (places.data_dir, places.store_dir, places.logs_dir, places.control_socket.parent)
    assert [mode(folder) for folder in folders] == [0o700] * 4


def test_an_existing_data_dir_keeps_its_mode_but_ours_in_it_are_closed(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "logs").mkdir(mode=0o755)
    Places(tmp_path).prepare()
    assert mode(tmp_path) == 0o755
    assert mode(tmp_path / "logs") == 0o700


def test_sockets_of_a_long_data_dir_stand_in_a_short_private_folder(tmp_path, short_dir):
    places = Places(tmp_path / ("long" * 30))
    places.prepare()
    for path in (places.store_socket, places.control_socket):
        assert len(os.fsencode(path)) <= SOCKET_PATH_LIMIT
        assert str(path).startswith(f"{short_dir}/herdsman-{os.geteuid()}-")
        assert mode(path.parent) == 0o700
    assert Places(tmp_path / ("long" * 30)).control_socket == places.control_socket
    assert Places(tmp_path / ("gnol" * 30)).control_socket != places.control_socket


def test_the_length_is_counted_in_bytes(tmp_path):
    base = len(os.fsencode(tmp_path / "run" / "control.sock"))
    assert "data" in str(Places(tmp_path).data_dir.joinpath("data"))
    letters = (SOCKET_PATH_LIMIT - base) // 2 + 2
    assert not Places(tmp_path / ("é" * max(letters, 1))).control_socket.is_relative_to(tmp_path)


def test_a_link_or_a_file_in_the_way_is_refused(tmp_path, short_dir):
    places = Places(tmp_path / ("long" * 30))
    places.control_socket.parent.symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="data_dir: is not a folder of this user"):
        places.prepare()
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="data_dir: cannot be made: File exists"):
        Places(tmp_path / "file").prepare()


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(ConfigError, match="is not a folder of this user"):
        Places(tmp_path).prepare()


def test_a_temporary_folder_that_is_too_long_itself_is_told(tmp_path, monkeypatch):
    import tempfile

    long = tmp_path / ("t" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(ConfigError, match="at most 100 bytes"):
        Places(tmp_path / ("long" * 30)).prepare()
