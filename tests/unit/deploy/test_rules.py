"""Alerts: Prometheus' own checker is content, each has its cases, its words, and a page of the runbook."""

import re
from collections import defaultdict
from typing import Any

import click
import pytest
import yaml

from deploy.grafana.generate import BOARDS
from engine.cli.command import cli as engine_commands
from supervisor.cli import cli as supervisor_commands
from tests.support.architecture import ROOT
from tests.support.prometheus import promtool

FOLDER = ROOT / "deploy/prometheus"
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
GROUPS = yaml.safe_load((FOLDER / "herdsman.rules.yml").read_text())["groups"]
ALERTS = [rule for group in GROUPS for rule in group["rules"] if "alert" in rule]
CASES = sorted(FOLDER.glob("*.test.yml"))


@pytest.mark.parametrize("arguments", [("rules", "herdsman.rules.yml"), ("config", "prometheus.yml")], ids=str)
def test_prometheus_checker_finds_nothing(arguments: tuple[str, str]) -> None:
    status, said = promtool("check", arguments[0], "--lint-fatal", str(FOLDER / arguments[1]))
    assert status == 0, said


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_every_case_comes_out_as_written(path: Any) -> None:
    status, said = promtool("test", "rules", str(path))
    assert status == 0, said


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    fires, silent = defaultdict(int), defaultdict(int)
    for path in CASES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            (asked,) = case["promql_expr_test"]
            name = re.search(r'alertname="(\w+)"', asked["expr"])[1]
            said = {tuple(re.findall(r'"(\w+)"', one["labels"])) for one in asked["exp_samples"]}
            for rule in (one for one in ALERTS if one["alert"] == name):
                (fires if tuple(rule["labels"].values()) in said else silent)[name, *rule["labels"].values()] += 1
    wanted = {(rule["alert"], *rule["labels"].values()) for rule in ALERTS}
    assert wanted - fires.keys() == set()
    assert wanted - silent.keys() == set()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: "-".join([rule["alert"], *rule["labels"].values()]))
def test_each_alert_says_how_bad_it_is_what_it_means_and_where_to_go_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "warning", "info")
    words = rule["annotations"]
    assert words["summary"]
    assert words["description"].endswith(".")
    assert words["runbook_url"].endswith(f"docs/runbook.md#{rule['alert'].lower()}")
    assert f"\n## {rule['alert']}\n" in RUNBOOK
    board = re.search(r"/d/([\w-]+)\?", words["dashboard"])[1]
    variables = {board.uid: {one.name for one in board.variables} for board in BOARDS.values()}
    assert set(re.findall(r"var-(\w+)=", words["dashboard"])) <= variables[board]


def test_the_runbook_has_no_page_of_an_alert_that_is_gone() -> None:
    assert set(re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE)) == {rule["alert"] for rule in ALERTS}


def test_every_command_of_the_runbook_exists() -> None:
    groups = {"herdsman": supervisor_commands, "engine": engine_commands}
    for program, words in re.findall(r"`(herdsman|engine) ([^`]+)`", RUNBOOK):
        command: Any = groups[program]
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command), word)
            assert command is not None, f"{program} {words}"
        options = {name for one in command.params for name in one.opts}
        assert set(re.findall(r"(--[a-z-]+)", words)) <= options, f"{program} {words}"


def test_every_threshold_is_used_and_every_one_that_is_used_is_there() -> None:
    known = [rule["labels"]["of"] for rule in GROUPS[0]["rules"]]
    used = {name for rule in ALERTS for name in re.findall(r'herdsman:threshold\{of="(\w+)"\}', rule["expr"])}
    assert len(known) == len(set(known))
    assert set(known) == used
