import os
from pathlib import Path

from supervisor.processes.environment import child_environment

CONFIG, ROOT = Path("/etc/herdsman/config.yaml"), Path("/opt/herdsman")


def test_our_root_comes_first_in_the_search_path_and_stands_there_once() -> None:
    base = {"PYTHONPATH": os.pathsep.join(["/mine", "/opt/herdsman"])}
    made = child_environment(base, config=CONFIG, root=ROOT)
    assert made["PYTHONPATH"].split(os.pathsep) == ["/opt/herdsman", "/mine"]


def test_children_find_the_config_and_what_the_config_adds_wins() -> None:
    made = child_environment({"A": "1", "B": "2"}, config=CONFIG, root=ROOT, extra={"A": "3"})
    assert made["HERDSMAN_CONFIG"] == "/etc/herdsman/config.yaml"
    assert (made["A"], made["B"]) == ("3", "2")


def test_what_another_supervisor_gave_us_is_not_passed_on() -> None:
    base = {"HERDSMAN_SCOREBOARD_FD": "7", "HERDSMAN_CONTROL_FD": "8", "HERDSMAN_GATEWAY__PORT": "1"}
    made = child_environment(base, config=CONFIG, root=ROOT)
    assert "HERDSMAN_SCOREBOARD_FD" not in made
    assert "HERDSMAN_CONTROL_FD" not in made
    assert made["HERDSMAN_GATEWAY__PORT"] == "1"
