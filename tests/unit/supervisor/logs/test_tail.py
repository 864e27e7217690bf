import gzip
import re
from pathlib import Path

import pytest

from supervisor.logs.log_filter import Filter
from supervisor.logs.tail import Line, NoLogError, follow, last_lines, sizes


def raws(lines: list[Line]) -> list[str]:
    return [line.record.raw for line in lines]


def test_the_last_lines_reach_back_into_rotated_files_compressed_or_not(tmp_path: Path) -> None:
    (tmp_path / "default.log.1.gz").write_bytes(gzip.compress(b"1\n2\n"))
    (tmp_path / "default.log.2").write_text("3\n4\n")
    (tmp_path / "default.log").write_text("5\n")
    assert raws(last_lines(tmp_path, "default", 4)) == ["2", "3", "4", "5"]
    assert raws(last_lines(tmp_path, "default", None)) == ["1", "2", "3", "4", "5"]
    assert last_lines(tmp_path, "default", 0) == []


def test_while_a_file_is_compressed_its_lines_are_shown_once(tmp_path: Path) -> None:
    (tmp_path / "default.log.1").write_text("1\n")
    (tmp_path / "default.log.1.gz").write_bytes(gzip.compress(b"1\n"))
    (tmp_path / "default.log.1.gz.part").write_bytes(b"half")
    (tmp_path / "default.log").write_text("2\n")
    assert raws(last_lines(tmp_path, "default", 10)) == ["1", "2"]


def test_lines_longer_than_what_is_read_at_once_come_out_whole(tmp_path: Path) -> None:
    lines = ["a" * 100_000, "", "b", "c" * 70_000, "unfinished"]
    (tmp_path / "default.log").write_text("\n".join(lines))
    assert raws(last_lines(tmp_path, "default", 10)) == lines


def test_several_logs_are_joined_by_their_time_stamps_and_those_of_workers_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("2026-01-01T00:00:01.000Z a | a\n2026-01-01T00:00:03.000Z a | a\n")
    (tmp_path / "b.log").write_text("2026-01-01T00:00:02.000Z b | b\n")
    (tmp_path / "a.1.log").write_text("2026-01-01T00:00:02.000Z a.1 | twice\n")
    assert [line.record.line for line in last_lines(tmp_path, None, 10)] == ["a", "b", "a"]
    assert [line.record.line for line in last_lines(tmp_path, "a.1", 10)] == ["twice"]


def test_filters_count_only_what_they_let_through(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(
        "2026-01-01T00:00:01.000Z a.0 g1 0-1-0 | ERROR   x: one\n"
        "2026-01-01T00:00:02.000Z a.1 g1 0-2-0 | INFO    x: two\n"
        "2026-01-01T00:00:03.000Z a.1 g1 | three\n"
    )

    def shown(**wanted: object) -> list[str]:
        return [line.record.line[-3:] for line in last_lines(tmp_path, "a", 1, Filter(**wanted))]  # type: ignore[arg-type]

    assert shown(job="0-1-0") == ["one"]
    assert shown(worker="a.1") == ["ree"]
    assert shown(level="warning") == ["one"]
    assert shown(level="info") == ["two"]
    assert shown(grep=re.compile("t.o$")) == ["two"]
    assert shown(since="2026-01-01T00:00:03.000Z") == ["ree"]
    assert shown(since="2026-01-01T00:00:03.001Z") == []


def test_an_unknown_log_is_answered_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "default.log").touch()
    with pytest.raises(NoLogError, match="there is default"):
        last_lines(tmp_path, "nope", 1)


def test_a_pool_that_has_said_nothing_yet_has_an_empty_log(tmp_path: Path) -> None:
    assert last_lines(tmp_path, "default", 5, silent={"default"}) == []


def test_following_goes_on_through_a_rotation(tmp_path: Path) -> None:
    log = tmp_path / "default.log"
    log.write_text("before\n")
    steps = iter([lambda: None, lambda: _append(log, "one\n"), lambda: _rotate(log, "two\n")])
    lines = follow(tmp_path, "default", sleep=lambda _: next(steps)())
    assert raws([next(lines), next(lines), next(lines)]) == ["one", "late", "two"]


def test_following_misses_nothing_when_a_file_is_rotated_twice_between_two_looks(tmp_path: Path) -> None:
    log = tmp_path / "default.log"
    (tmp_path / "default.log.1.gz").write_bytes(gzip.compress(b"old\n"))
    log.write_text("before\n")

    def twice() -> None:
        _append(log, "one\n")
        log.rename(tmp_path / "default.log.2")
        (tmp_path / "default.log.3.gz").write_bytes(gzip.compress(b"two\n"))
        log.write_text("three\n")

    steps = iter([twice])
    lines = follow(tmp_path, "default", sleep=lambda _: next(steps)())
    assert raws([next(lines), next(lines), next(lines)]) == ["one", "two", "three"]


def test_following_goes_on_when_the_file_is_emptied_or_removed(tmp_path: Path) -> None:
    log = tmp_path / "default.log"
    log.write_text("before\nbefore\n")
    steps = iter([lambda: log.write_text("one\n"), log.unlink, lambda: log.write_text("two\n")])
    lines = follow(tmp_path, "default", sleep=lambda _: next(steps)())
    assert raws([next(lines), next(lines)]) == ["one", "two"]


def test_what_is_written_between_the_first_lines_and_following_is_shown_once(tmp_path: Path) -> None:
    log = tmp_path / "default.log"
    log.write_text("one\n")
    ends = sizes(tmp_path, "default")
    _append(log, "two\n")
    assert raws(last_lines(tmp_path, "default", 5, ends=ends)) == ["one"]
    assert next(follow(tmp_path, "default", ends=ends)).record.raw == "two"


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _rotate(path: Path, text: str) -> None:
    _append(path, "late\n")
    path.rename(path.with_name("default.log.1"))
    path.write_text(text)
