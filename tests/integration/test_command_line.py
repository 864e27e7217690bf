"""`herdsman`: one command for the supervisor's verbs, the engine's and the parts; at a terminal, and in a real bash."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.terminal import Terminal

COMPLETE = """
eval "$(herdsman completion bash)"
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_herdsman_completion herdsman
echo "${{COMPREPLY[*]}}"
"""


# One herd for the whole file; so no test bears the mark `process`, which would have it ended after each.
@pytest.fixture(scope="module")
def herd() -> Iterator[Herd]:
    with Herd.running(
        pool={"reload": {"canary_jobs": 3, "canary_time": "300ms"}},
        programs=[{"name": "sleeper", "command": "sleep 1000"}],
        queues={"mail": {}},
    ) as herd:
        yield herd


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which there is a command `herdsman`."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "herdsman"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m supervisor "$@"\n')
    command.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(folder)}


def complete(words: str, shell: dict[str, str]) -> set[str]:
    done = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE.format(words=words)],
        env=shell, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert done.stderr == ""
    return set(done.stdout.split())


def test_the_engines_verbs_and_the_supervisors_stand_under_one_command(herd: Herd) -> None:
    job = herd.command("enqueue", "add", '{"a": 1, "b": 2}', "--delay", "1h", "--json")
    assert job.returncode == 0, job.stderr
    shown = herd.command("show", json.loads(job.stdout)["id"])
    assert (shown.returncode, "scheduled" in shown.stdout) == (0, True)
    usage = herd.command("jobs", "--stat", "dead")
    assert (usage.returncode, "Usage: herdsman jobs" in usage.stderr) == (2, True), (
        "it goes by the name it was called by"
    )
    slip = herd.command("quues")
    assert (slip.returncode, "Did you mean 'queues'?" in slip.stderr) == (2, True)
    assert herd.command("worker", "--help").stdout.startswith("usage: python -m worker")


def test_a_folders_own_engine_is_not_taken_for_ours(tmp_path: Path, shell: dict[str, str]) -> None:
    (tmp_path / "engine.py").write_text("raise SystemExit('the wrong engine')\n")
    done = subprocess.run(
        ["herdsman", "--url", f"unix://{tmp_path}/none", "queues"],
        cwd=tmp_path, env={**shell, "PYTHONSAFEPATH": "1"}, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert (done.returncode, "the store does not answer" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("gateway", "is taken by another program"),  # past its config, ours: the port is not ours
        ("worker", "the name 'config' is taken: {folder}/config.py is found first"),
    ],
)
def test_a_folders_own_config_is_not_taken_for_ours_and_costs_no_stack(tmp_path: Path, part: str, words: str) -> None:
    (tmp_path / "config.py").write_text("DEBUG = True\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (tmp_path / "c.yaml").write_text(
            f"gateway: {{port: {taken.getsockname()[1]}}}\npools: [{{name: a, tasks: [t]}}]\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", part, "-c", "c.yaml"],
            cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
    assert words.format(folder=tmp_path) in done.stderr
    assert "Traceback" not in done.stderr


def test_verbs_answer_for_programs_with_data_alone(herd: Herd) -> None:
    scaled = herd.command("scale", "default", "2", "--json")
    assert json.loads(scaled.stdout) == {"schema": 1, "name": "default", "before": 2, "desired": 2}
    checked = json.loads(herd.command("check", "--json").stdout)
    assert (checked["pools"], checked["workers"], checked["programs"], checked["differs"]) == (1, 2, 1, 0)
    reloaded = herd.command("reload", "--json")
    answer = json.loads(reloaded.stdout)
    assert ([one["phase"] for one in answer["rollouts"]], answer["schema"]) == (["done"], 1)
    assert "booting" in reloaded.stderr
    assert json.loads(herd.command("signal", "sleeper", "CONT", "--json").stdout)["heard"] == ["sleeper.0"]
    flushed = json.loads(herd.command("flush", "--dry-run", "--json").stdout)
    assert (flushed["dry_run"], flushed["removed"]["supervisor"] > 0) == (True, True)
    assert herd.command("logs", "supervisor").stdout != "", "a dry run removes nothing"


def test_a_status_that_nobody_can_hear_is_no_error(herd: Herd) -> None:
    command = f'exec "{sys.executable}" -m supervisor -c "{herd.path}" status >&-'
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT, env=herd.environment(), stderr=subprocess.PIPE, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_status_is_watched_in_place_and_piped_line_by_line(herd: Herd) -> None:
    command = [sys.executable, "-m", "supervisor", "-c", str(herd.path), "status", "--watch", "0.2"]
    with Terminal(command, columns=48, lines=10) as watch:
        watch.until("\x1b[32mRUNNING")
        watch.until("lines more")
        assert "RESTARTS" not in watch.seen, "the first column to go"
        watch.press("\x03")
        assert watch.ended() == 0
    names = herd.command("status", "--columns", "name,state", "--no-header").stdout.split("\n")
    assert "default.0  RUNNING" in names


def test_nobody_there_is_status_3_with_the_next_command(tmp_path: Path, herd: Herd) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"data_dir: {tmp_path}/d\npools: []\n")
    command = [sys.executable, "-m", "supervisor", "-c", str(path), "status"]
    done = subprocess.run(
        command, cwd=ROOT, env=herd.environment(), capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, f"start it: herdsman -c {path} -d" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("herdsman sta", {"start", "startup", "status"}),
        ("herdsman -c {path} describe ''", {"default", "sleeper"}),
        ("herdsman -c {path} scale d", {"default"}),
        ("herdsman -c {path} pause ''", {"default", "mail"}),
        ("herdsman -c {path} jobs --state de", {"dead"}),
        ("herdsman dlq re", {"retry"}),
        ("herdsman -c /nowhere describe ''", set()),
    ],
)
def test_a_real_bash_completes_verbs_options_pools_and_queues(
    words: str, found: set[str], shell: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "pools: [{name: default, queues: [default]}]\nprograms: [{name: sleeper}]\nqueues: {mail: {}}\nwrong: 1\n"
    )
    assert complete(words.format(path=path), shell) == found
