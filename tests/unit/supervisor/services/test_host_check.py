import os
from pathlib import Path

import pytest

from config import load
from supervisor.services.host_check import misfits

OPTIONAL = " (`optional: true` allows for that)"


def told(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "c.yaml"
    file.write_text(text)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in misfits(load(file, {}))]


def test_files_that_are_not_there_are_told_with_their_place(tmp_path):
    assert told(
        tmp_path,
        "programs:\n  - name: a\n    command: run\n    env_file: [no.env, {path: no.env, optional: true}]\n"
        "    watch: {paths: [src]}\npools:\n  - {name: b, tasks: [t], watch: {paths: [src]}}\n",
    ) == [
        "c.yaml:4:16: programs[0].env_file[0]: no.env cannot be read: No such file or directory" + OPTIONAL,
        "c.yaml:5:21: programs[0].watch.paths[0]: there is no src to be watched",
        "c.yaml:7:43: pools[0].watch.paths[0]: there is no src to be watched",
    ]


def test_wrong_lines_of_an_env_file_are_told_with_their_own_place(tmp_path):
    (tmp_path / ".env").write_text("A=1\nwrong\n")
    text = "programs: [{name: a, command: run, env_file: .env}]"
    assert told(tmp_path, text) == [".env:2:1: expected KEY=VALUE (a comment begins with #)"]


def test_a_user_or_group_that_nobody_knows_is_told(tmp_path):
    text = "programs: [{name: a, command: run, user: no-such-user}, {name: b, command: run, group: no-such-group}]"
    assert [line.split(": ", 2)[2] for line in told(tmp_path, text)] == [
        "this host has no user 'no-such-user'",
        "this host has no group 'no-such-group'",
    ]


def test_who_is_not_root_hears_what_only_root_can_do(tmp_path, monkeypatch: pytest.MonkeyPatch):
    text = "programs: [{name: a, command: run, user: root, nice: -5, limits: {nofile: unlimited}}]"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("supervisor.services.host_check.hard_limit", lambda _name: 4096)
    assert [line.split(" ", 1)[1].partition(":")[0] for line in told(tmp_path, text)] == [
        "programs[0].user", "programs[0].limits.nofile", "programs[0].nice",
    ]  # fmt: skip
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert told(tmp_path, text) == []
