import os
import stat
from pathlib import Path

import pytest

from janitor.pidfile import AlreadyRunning, PidFile


def test_the_first_janitor_gets_the_lock_and_writes_its_pid(tmp_path: Path) -> None:
    path = tmp_path / "janitor.pid"
    held = PidFile(path)
    held.acquire()
    assert path.read_text() == f"{os.getpid()}\n"
    held.release()


def test_a_second_janitor_is_told_who_has_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "janitor.pid"
    first, second = PidFile(path), PidFile(path)
    first.acquire()
    with pytest.raises(AlreadyRunning) as caught:
        second.acquire()
    assert caught.value.pid == os.getpid()
    assert str(path) in str(caught.value)
    first.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    path = tmp_path / "janitor.pid"
    first, second = PidFile(path), PidFile(path)
    first.acquire()
    first.release()
    assert path.read_text() == ""
    second.acquire()
    second.release()


def test_a_file_left_by_a_dead_janitor_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "janitor.pid"
    path.write_text("1\nand some rubbish that is longer than a pid")
    held = PidFile(path)
    held.acquire()
    assert path.read_text() == f"{os.getpid()}\n"
    held.release()


def test_an_unreadable_pid_is_no_obstacle_to_the_news(tmp_path: Path) -> None:
    path = tmp_path / "janitor.pid"
    first = PidFile(path)
    first.acquire()
    path.write_text("???")
    with pytest.raises(AlreadyRunning, match="pid unknown"):
        PidFile(path).acquire()
    first.release()


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "janitor.pid"
    held = PidFile(path)
    held.acquire()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held.release()


def test_releasing_what_is_not_held_does_nothing(tmp_path: Path) -> None:
    PidFile(tmp_path / "janitor.pid").release()
    assert not (tmp_path / "janitor.pid").exists()
