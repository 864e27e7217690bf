import gzip
import os
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from supervisor.logger.files import Limits, LogFolder
from supervisor.logger.packer import Packer, pack
from supervisor.logger.rotation import Old, generations, outdated, portion, surplus
from tests.support.processes import eventually


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


def test_a_file_is_rotated_when_its_first_line_is_too_old_also_by_a_later_logger(tmp_path: Path) -> None:
    limits = Limits(1000, 10_000, rotate_every=3600)
    LogFolder(tmp_path, limits).append("default", b"2026-01-31T12:00:00.000Z default.0 | old\n")
    folder = LogFolder(tmp_path, limits)
    folder.append("default", b"2026-01-31T12:30:00.000Z default.0 | on top\n")
    noon = 1769860800.0
    folder.tend(noon + 3599)
    assert len(generations(tmp_path / "default.log")) == 1
    folder.tend(noon + 3600)
    assert [path.name for path in generations(tmp_path / "default.log")] == ["default.log.1", "default.log"]
    folder.tend(noon + 7200)
    assert len(generations(tmp_path / "default.log")) == 2  # an empty file is not rotated


def test_rotated_files_that_are_too_old_are_removed(tmp_path: Path) -> None:
    (tmp_path / "default.log.1.gz").touch()
    (tmp_path / "default.log.2").touch()
    (tmp_path / "mine.txt").touch()
    folder = LogFolder(tmp_path, Limits(1000, 10_000, max_age=60))
    folder.tend(time.time() + 30)
    assert len(list(tmp_path.iterdir())) == 3
    folder.tend(time.time() + 90)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_without_an_age_nothing_is_too_old(written: float, now: float) -> None:
    assert outdated([Old(Path("x.log.1"), 1, written)], 0, now) == []


def test_a_file_that_somebody_emptied_or_removed_goes_on(tmp_path: Path) -> None:
    folder, log = LogFolder(tmp_path, Limits(100, 10_000)), tmp_path / "default.log"
    folder.append("default", b"x" * 89 + b"\n")
    os.truncate(log, 0)
    folder.append("default", b"y" * 89 + b"\n")
    assert [path.name for path in generations(log)] == ["default.log"]
    log.unlink()
    folder.append("default", b"z\n")
    assert log.read_bytes() == b"z\n"


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path / "logs", Limits(100, 10_000))
    assert folder.append("default", b"one\n") == 4
    (tmp_path / "logs" / "default.log").unlink()
    (tmp_path / "logs").rmdir()
    assert folder.append("default", b"two\n") == 4


def test_numbers_grow_though_every_older_file_was_removed(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, Limits(10, 10_000))
    for number in range(5):
        folder.append("default", b"123456789\n")
        for path in tmp_path.glob("*.log.*"):
            assert path.name == f"default.log.{number}"
            path.unlink()


def test_a_compressed_file_holds_the_same_and_keeps_its_time_and_mode(tmp_path: Path) -> None:
    plain = tmp_path / "default.log.1"
    plain.write_bytes(b"hello\n" * 10_000)
    os.utime(plain, (1000, 1000))
    pack(plain)
    packed = tmp_path / "default.log.1.gz"
    assert list(tmp_path.iterdir()) == [packed]
    assert gzip.decompress(packed.read_bytes()) == b"hello\n" * 10_000
    assert packed.stat().st_mtime == 1000
    assert packed.stat().st_mode & 0o777 == 0o600


def test_the_packer_finishes_what_an_earlier_one_left(tmp_path: Path) -> None:
    (tmp_path / "default.log").write_text("now\n")
    (tmp_path / "default.log.1").write_text("left\n")
    (tmp_path / "default.log.1.gz.part").write_text("half")
    packer = Packer(tmp_path)
    packer.start()
    (tmp_path / "default.log.2").write_text("new\n")
    packer.add(tmp_path / "gone.log.1")  # trimmed meanwhile
    packer.add(tmp_path / "default.log.2")
    wanted = {"default.log", "default.log.1.gz", "default.log.2.gz"}
    eventually(lambda: {path.name for path in tmp_path.iterdir()} == wanted, 5)


def test_compressed_files_count_towards_the_total(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, Limits(max_size=100, max_total=1000), pack)
    for number in range(2000):
        folder.append("default", f"line {number:05} {os.urandom(8).hex()}\n".encode())
        assert sizes(tmp_path) <= 1000
    assert len(list(tmp_path.glob("*.gz"))) > 1
