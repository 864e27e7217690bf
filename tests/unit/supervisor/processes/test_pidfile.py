import os
from pathlib import Path

import pytest

from supervisor.processes.pidfile import AlreadyRunningError, PidFile, holder


def test_the_second_start_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "supervisor.pid"
    first = PidFile(path)
    first.acquire()
    with pytest.raises(AlreadyRunningError, match=str(os.getpid())):
        PidFile(path).acquire()
    assert holder(path) == os.getpid()
    first.release()
    assert holder(path) is None


def test_a_file_left_by_a_dead_process_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "supervisor.pid"
    path.write_text("1\n")
    assert holder(path) is None
    file = PidFile(path)
    file.acquire()
    assert path.read_text() == f"{os.getpid()}\n"
    file.release()


def test_no_file_means_nobody(tmp_path: Path) -> None:
    assert holder(tmp_path / "none.pid") is None
