from pathlib import Path

import pytest

from supervisor.tail import NoLogError, follow, last_lines


def test_the_last_lines_reach_back_into_rotated_files(tmp_path: Path) -> None:
    (tmp_path / "default.log.1").write_text("1\n2\n")
    (tmp_path / "default.log.2").write_text("3\n4\n")
    (tmp_path / "default.log").write_text("5\n")
    assert last_lines(tmp_path, "default", 4) == ["2", "3", "4", "5"]
    assert last_lines(tmp_path, "default", 0) == []


def test_several_logs_are_joined_by_their_time_stamps(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("2026-01-01T00:00:01.000Z a\n2026-01-01T00:00:03.000Z a\n")
    (tmp_path / "b.log").write_text("2026-01-01T00:00:02.000Z b\n")
    assert [line[-1] for line in last_lines(tmp_path, None, 10)] == ["a", "b", "a"]


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
    assert [next(lines), next(lines), next(lines)] == ["one", "late", "two"]


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _rotate(path: Path, text: str) -> None:
    _append(path, "late\n")
    path.rename(path.with_name("default.log.1"))
    path.write_text(text)
