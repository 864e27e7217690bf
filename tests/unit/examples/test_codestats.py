"""The parts of codestats around the measuring: adding up, remembering, showing how far it is."""

import io
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from examples.codestats import files, serial
from examples.codestats.ledger import Ledger
from examples.codestats.measure import Measures
from examples.codestats.progress import Progress, line
from examples.codestats.totals import Totals


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name, text in {"b.py": "x = 1\n", "a/c.py": "def f(): pass\n", "a/bad.py": "def"}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_only_the_library_itself_is_listed(library: Path) -> None:
    for foreign in ("site-packages", "dist-packages", "__pycache__"):
        (library / foreign).mkdir()
        (library / foreign / "x.py").touch()
    assert files.source_files(library) == ["a/bad.py", "a/c.py", "b.py"]


def test_the_order_of_the_files_does_not_matter(library: Path) -> None:
    names = files.source_files(library)
    forwards, backwards = (serial.add_up(library, order).report() for order in (names, reversed(names)))
    assert forwards == backwards
    assert "files          2\n" in forwards
    assert "  a/bad.py: SyntaxError: invalid syntax (bad.py, line 1)" in forwards


def test_equal_files_do_not_cancel_each_other_in_the_checksum() -> None:
    totals = Totals()
    for _ in range(2):
        totals.add(Measures(1, 0, 0, 0, 0, "ff"))
    assert totals.checksum == 0x1FE


def test_the_ledger_survives_its_program(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.json").add({"a.py": "1-2-3"})
    again = Ledger(tmp_path / "ledger.json")
    assert again.jobs == {"a.py": "1-2-3"}
    again.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_ledger_that_cannot_be_read_begins_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.json").write_bytes(content)
    assert Ledger(tmp_path / "ledger.json").jobs == {}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_and_a_file_a_line_a_second() -> None:
    for stream, lines, rewritten in ((_Terminal(), 1, 10), (io.StringIO(), 3, 0)):
        now = SimpleNamespace(time=0.0)
        progress = Progress(stream, 1000, clock=lambda now=now: now.time)
        for step in range(33):  # 2 s
            now.time = step / 16
            progress.show(step, 0)
        progress.end()
        written = stream.getvalue()
        assert written.count("\n") == lines
        assert written.count("\r") >= rewritten


def test_the_bar_is_full_at_the_end_and_only_then() -> None:
    assert line(0, 0, 0, 0).startswith("[" + "#" * 30 + "] 100%")
    assert line(999, 1000, 1, 10).startswith("[" + "#" * 29 + ".]")
    assert line(1000, 1000, 1, 10).endswith("1000/1000 files  1 dead  100/s")


class _Store:
    """Jobs end after a number of questions; some ids were never issued, some results have expired."""

    def __init__(self, errors: Any) -> None:
        self.errors = errors
        self.submitted: list[str] = []
        self.never_issued: set[str] = set()
        self.ended: set[str] = set()
        self.away = 1

    def enqueue_many(self, jobs: Iterable[Any]) -> list[str]:
        if self.away:
            self.away -= 1
            raise self.errors.StoreDown("gone for a moment")
        begun = len(self.submitted)
        self.submitted += [job.data["path"] for job in jobs]
        return [str(number) for number in range(begun, len(self.submitted))]

    def wait(self, ids: list[str], timeout: float) -> dict[str, Any]:
        assert timeout == 0.0
        self.ended.update(ids[:2])
        return {}

    def find_many(self, ids: list[str]) -> dict[str, Any]:
        unfinished = SimpleNamespace(state="processing")
        known = [number for number in ids if number not in self.never_issued]
        return {number: self._job(number) if number in self.ended else unfinished for number in known}

    def _job(self, number: str) -> Any:
        from engine import JobError, JobState

        if self.submitted[int(number)].endswith("bad.py"):
            error = JobError(type="SyntaxError", message="invalid syntax (bad.py, line 1)")
            return SimpleNamespace(state=JobState.DEAD, error=error)
        if self.submitted[int(number)] == "its result expired":
            return SimpleNamespace(state=JobState.COMPLETED, result=None)
        measures = serial.measure(self.submitted[int(number)])
        return SimpleNamespace(state=JobState.COMPLETED, result=measures._asdict())


def test_a_run_that_was_killed_goes_on_and_its_totals_equal_the_loops(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine import errors
    from examples.codestats import submit

    monkeypatch.setattr(submit, "_TURN", 0.0)
    names = files.source_files(library)
    store, ledger = _Store(errors), Ledger(tmp_path / "ledger.json")
    store.submitted = [str(library / names[0]), "its result expired"]
    ledger.add({names[0]: "0", names[1]: "1", names[2]: "99"})
    store.never_issued = {"99"}
    client: Any = store
    progress = Progress(io.StringIO(), len(names))
    totals = submit.Run(client, library, ledger, progress)(names)
    assert totals.report() == serial.add_up(library, names).report()
    assert sorted(store.submitted[2:]) == [str(library / name) for name in names[1:]]
