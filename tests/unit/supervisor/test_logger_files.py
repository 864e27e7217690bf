import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from supervisor.logger.files import Limits, LogFolder, Old, generations, portion, surplus


def sizes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_a_file_is_rotated_at_its_size_and_no_byte_is_lost(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, Limits(max_size=100, max_total=10_000))
    lines = [f"line {number:03}\n".encode() for number in range(50)]
    for line in lines:
        folder.append("default", line)
    files = generations(tmp_path / "default.log")
    assert len(files) > 1
    assert all(path.stat().st_size <= 100 for path in files)
    assert b"".join(path.read_bytes() for path in files) == b"".join(lines)


def test_all_files_together_stay_under_the_total_and_the_oldest_go_first(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, Limits(max_size=100, max_total=1000))
    for number in range(1000):
        folder.append(f"pool{number % 3}", f"line {number:05}\n".encode())
        assert sizes(tmp_path) <= 1000
    assert "line 00999" in (tmp_path / "pool0.log").read_text()


def test_many_files_under_a_small_total_are_rotated_sooner(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, Limits(max_size=1000, max_total=1000))
    for number in range(2000):
        folder.append(f"pool{number % 10}", b"0123456789\n")
    assert sizes(tmp_path) <= 1000


def test_reopening_follows_a_file_that_was_moved_away(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, Limits(1000, 10_000))
    folder.append("default", b"one\n")
    (tmp_path / "default.log").rename(tmp_path / "moved")
    folder.append("default", b"two\n")
    folder.reopen()
    folder.append("default", b"three\n")
    assert (tmp_path / "moved").read_bytes() == b"one\ntwo\n"
    assert (tmp_path / "default.log").read_bytes() == b"three\n"
    assert os.stat(tmp_path / "default.log").st_mode & 0o777 == 0o600  # noqa: PTH116  short


def test_a_new_logger_goes_on_in_the_same_files(tmp_path: Path) -> None:
    for _ in range(3):
        folder = LogFolder(tmp_path, Limits(25, 10_000))
        folder.append("default", b"0123456789\n")
        folder.append("default", b"0123456789\n")
    assert sizes(tmp_path) == 66


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(0, 1e6)), max_size=20), st.integers(0, 500))
def test_what_is_left_fits_and_nothing_goes_without_need(files: list[tuple[int, float]], room: int) -> None:
    old = [Old(Path(f"x.log.{number}"), size, written) for number, (size, written) in enumerate(files)]
    gone = surplus(old, room)
    left = [file for file in old if file.path not in gone]
    assert sum(file.size for file in left) <= room
    if gone:
        last = next(file for file in old if file.path == gone[-1])
        assert sum(file.size for file in left) + last.size > room


def test_a_large_chunk_is_cut_between_lines_into_files_of_the_right_size(tmp_path: Path) -> None:
    data = b"".join(f"line {number:04}\n".encode() for number in range(1000))
    LogFolder(tmp_path, Limits(max_size=100, max_total=100_000)).append("default", data)
    files = generations(tmp_path / "default.log")
    assert {path.stat().st_size for path in files} == {100}
    assert b"".join(path.read_bytes() for path in files) == data


def test_a_line_larger_than_a_file_goes_into_one_of_its_own() -> None:
    assert portion(b"xxxxxxxx\nyy\n", room=5, limit=5) == 9
    assert portion(b"xxxxxxxx\nyy\n", room=4, limit=5) == 0
    assert portion(b"xxxxxxxx", room=5, limit=5) == 8
    assert portion(b"yy\nxxxxxxxx\n", room=5, limit=10) == 3
