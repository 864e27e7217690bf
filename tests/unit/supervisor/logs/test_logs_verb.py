import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supervisor.cli import cli

_LINES = [
    "2026-01-31T12:00:00.000Z default.0 g1 0-1-0 | ERROR   x: one",
    "2026-01-31T12:00:01.000Z default.1 g1 0-2-0 | two",
    "2026-01-31T12:00:02.000Z default.0 g1 | three",
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path, logs = tmp_path / "c.yaml", tmp_path / "d" / "logs"
    path.write_text("data_dir: d\npools: [{name: default, tasks: [examples.text]}]\n")
    logs.mkdir(parents=True)
    (logs / "default.log.1.gz").write_bytes(gzip.compress(f"{_LINES[0]}\n".encode()))
    (logs / "default.log").write_text("\n".join(_LINES[1:]) + "\n")
    (logs / "default.0.log").write_text(_LINES[2] + "\n")
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-c", str(config), *words])


def test_lines_are_shown_filtered_and_counted(config: Path) -> None:
    assert run(config, "logs").stdout.splitlines() == _LINES
    assert run(config, "logs", "default", "--lines", "2").stdout.splitlines() == _LINES[1:]
    assert run(config, "logs", "--job", "0-1-0").stdout.splitlines() == _LINES[:1]
    assert run(config, "logs", "--worker", "default.1").stdout.splitlines() == _LINES[1:2]
    assert run(config, "logs", "default.1").stdout.splitlines() == _LINES[1:2]
    assert run(config, "logs", "--level", "warning").stdout.splitlines() == _LINES[:1]
    assert run(config, "logs", "--grep", "t[wh]").stdout.splitlines() == _LINES[1:]
    assert run(config, "logs", "--since", "1h").stdout == ""
    assert json.loads(run(config, "logs", "--json", "--job", "0-2-0").stdout)["line"] == "two"


@pytest.mark.parametrize("words", [["--grep", "("], ["--since", "soon"], ["--level", "loud"], ["--lines", "-1"]])
def test_a_filter_that_cannot_be_is_wrong_usage(config: Path, words: list[str]) -> None:
    assert run(config, "logs", *words).exit_code == 2


def test_an_unknown_log_is_a_failure_that_names_those_there_are(config: Path) -> None:
    said = run(config, "logs", "nope")
    assert said.exit_code == 1
    assert "there is no log 'nope'" in said.output


def test_flush_empties_a_log_with_all_that_was_rotated_and_the_files_of_its_workers(config: Path) -> None:
    assert "bytes removed" in run(config, "flush", "default").stdout
    logs = config.parent / "d" / "logs"
    assert {path.name: path.stat().st_size for path in logs.iterdir()} == {"default.log": 0, "default.0.log": 0}
    assert run(config, "flush", "nope").exit_code == 1


@pytest.mark.parametrize("words", [["flush"], ["flush", "--dry-run"], ["logs"], ["logs", "default"]])
def test_a_log_that_is_rotated_at_this_moment_stops_no_command(
    config: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Path.glob

    def glob(folder: Path, pattern: str) -> list[Path]:
        return [*listed(folder, pattern), *([folder / "gone.log"] if pattern == "*.log" else [])]

    def numbered(path: Path) -> dict[int, Path]:
        return {1: path.with_name(f"{path.name}.1")}

    monkeypatch.setattr(Path, "glob", glob)
    monkeypatch.setattr("supervisor.logger.rotation.numbered", numbered)
    said = run(config, *words)
    assert (said.exit_code, said.exception) == (0, None), said.output
