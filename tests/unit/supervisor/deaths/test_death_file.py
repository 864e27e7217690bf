"""Certificates on disk: written by the logger's thread, read by the command line."""

import json
from pathlib import Path

from supervisor.deaths.death_file import merged, written
from supervisor.logger.last_lines import LINE_BYTES, LINES, TAGS, LastLines
from supervisor.logger.register import Register, older


def line(number: int, owner: str = "default") -> bytes:
    told = {"id": str(number), "owner": owner, "name": f"{owner}.0", "at": number, "last_lines": ["x"]}
    return json.dumps(told).encode() + b"\n"


def register(path: Path, *lines: bytes, limit: int = 1 << 20) -> None:
    thread = Register(path, limit)
    thread.start()
    for one in lines:
        thread.put(one)
    thread.buffer.close()
    thread.join(10)


def test_what_is_written_is_read_in_order_and_rubbish_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "deaths.jsonl"
    register(path, line(2), b"no JSON\n", b"[1]\n", line(1, "other"))
    assert list(written(path)) == ["2", "1"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_file_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "deaths.jsonl"
    register(path, *(line(number) for number in range(100)), limit=1000)
    together = path.stat().st_size if path.exists() else 0
    assert together + older(path).stat().st_size < 2500
    assert "99" in written(path)


def test_a_disk_that_refuses_costs_the_certificate_only(tmp_path: Path) -> None:
    register(tmp_path / "missing" / "deaths.jsonl", line(1))
    assert written(tmp_path / "missing" / "deaths.jsonl") == {}


def test_memory_and_disk_are_put_together() -> None:
    disk = {"1": {"id": "1", "owner": "a", "name": "a.0", "at": 1, "last_lines": ["x"]},
            "2": {"id": "2", "owner": "b", "name": "b.0", "at": 2, "last_lines": ["y"]}}  # fmt: skip
    kept = [{"id": "1", "owner": "a", "name": "a.0", "at": 1}, {"id": "3", "owner": "a", "name": "a.0", "at": 3}]
    found = merged(kept, disk, "a", 10)
    assert [(one["id"], one["last_lines"]) for one in found] == [("1", ["x"]), ("3", [])]
    assert [one["id"] for one in merged([], disk, "b.0", 10)] == ["2"]
    assert [one["id"] for one in merged(kept, disk, "a", 1)] == ["3"]


def test_the_last_lines_are_bounded_and_taken_once() -> None:
    last = LastLines()
    last.heard("a", [b"%d" % number for number in range(LINES + 5)])
    last.heard("a", [b"x" * (LINE_BYTES + 1)])
    taken = last.take("a")
    assert (len(taken), taken[0], len(taken[-1])) == (LINES, "6", LINE_BYTES)
    assert last.take("a") == []
    for number in range(TAGS + 1):
        last.heard(str(number), [b"y"])
    assert last.take("0") == []
    assert last.take("1") == ["y"]
