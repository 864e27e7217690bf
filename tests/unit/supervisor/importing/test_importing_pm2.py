import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from supervisor.importing import Imported, ImportFileError
from supervisor.importing.document import written
from supervisor.importing.pm2 import read

APP = {
    "name": "api",
    "script": "./server.js",
    "args": "--verbose --name 'two words'",
    "node_args": ["--max-old-space-size=512"],
    "instances": "max",
    "exec_mode": "cluster",
    "env": {"PORT": 3000, "PATTERN": "${x} {{y}}"},
    "env_production": {"NODE_ENV": "production"},
    "increment_var": "PORT",
    "watch": ["src"],
    "ignore_watch": ["node_modules"],
    "watch_delay": 1000,
    "max_memory_restart": "300M",
    "kill_timeout": 1600,
    "restart_delay": 500,
    "exp_backoff_restart_delay": 100,
    "max_restarts": 10,
    "min_uptime": "5s",
    "stop_exit_codes": [0],
    "cron_restart": "0 3 * * *",
    "out_file": "out.log",
    "uid": "www",
    "wait_ready": True,
    "vizion": False,
}


def imported(*apps: dict[str, Any]) -> Imported:
    return read(json.dumps({"apps": list(apps)}))


def test_an_app_keeps_what_has_a_place_here():
    program = imported(APP).programs[0]
    assert program.name == "api"
    assert program.keys == {
        "command": ["node", "--max-old-space-size=512", "./server.js", "--verbose", "--name", "two words"],
        "instances": "max",
        "instance_var": "NODE_APP_INSTANCE",
        "env": {"PORT": "{{3000 + instance}}", "PATTERN": "$${x} {{{{y}}"},
        "final_exits": [0],
        "backoff": {"base": "100ms", "factor": 1.5, "max": "15s"},
        "user": "www",
        "watch": {"paths": ["src"], "ignore": ["node_modules"], "debounce": "1s"},
        "cron_restart": "0 3 * * *",
        "stop_timeout": "1600ms",
        "restart_delay": "500ms",
        "max_restarts": 10,
        "min_uptime": "5s",
        "max_memory_restart": "300M",
        "stop_signal": "SIGINT",
    }


@pytest.mark.parametrize("key", ["exec_mode", "env_production", "out_file", "wait_ready", "vizion", "stop_exit_codes"])
def test_what_is_different_or_lost_is_told_by_its_name(key: str):
    remarks = imported(APP).programs[0].remarks
    assert [remark for remark in remarks if remark.startswith(key)]


@pytest.mark.parametrize(
    ("app", "command"),
    [
        ({"script": "worker.py"}, ["python", "worker.py"]),
        ({"script": "bin/run", "interpreter": "none"}, ["./bin/run"]),
        ({"script": "/usr/bin/redis-server"}, ["/usr/bin/redis-server"]),
        ({"script": "npm", "args": ["run", "start"]}, ["npm", "run", "start"]),
        ({"script": "npm start"}, ["npm", "start"]),
        ({"script": "a.py", "interpreter": "python3.12"}, ["python3.12", "a.py"]),
    ],
)
def test_a_command_is_made_of_interpreter_script_and_arguments(app: dict[str, Any], command: list[str]):
    assert imported(app).programs[0].keys["command"] == command


def test_two_apps_of_one_name_get_two():
    found = imported({"script": "a.js", "name": "web"}, {"script": "b.js", "name": "web"})
    assert [program.name for program in found.programs] == ["web", "web-2"]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("My API", "my-api"),
        ("web.v2", "web-v2"),
        ("1st", "p-1st"),
        ("@org/app", "org-app"),
        ("Größe", "gr-e"),
        ("!", "p"),
        ("n" * 40, "n" * 32),
    ],
)
def test_a_name_that_is_none_here_is_changed_and_told(name: str, ours: str):
    program = imported({"script": "a.js", "name": name}).programs[0]
    assert program.name == ours
    assert program.remarks[0] == f"name: {name!r} is no name here, so it is {ours}"


def test_two_long_names_stay_apart_and_short_enough():
    found = imported(*[{"script": "a.js", "name": "n" * 40}] * 2)
    assert [program.name for program in found.programs] == ["n" * 32, "n" * 30 + "-2"]


def test_a_program_finds_in_its_environment_what_it_found_there():
    env = {"DEBUG": True, "OFF": False, "NONE": None, "RATIO": 1.5, "LIST": [1, "ü"], "MAP": {"a": 1}, "TEXT": "True"}
    assert imported({"script": "a.js", "env": env}).programs[0].keys["env"] == {
        "DEBUG": "true", "OFF": "false", "NONE": "null", "RATIO": "1.5", "LIST": '[1,"ü"]', "MAP": '{"a":1}',
        "TEXT": "True",
    }  # fmt: skip


def test_what_means_never_or_nothing_there_is_left_out():
    keys = imported({"script": "a.js", "cron_restart": 0, "cwd": "", "namespace": "My Sites"}).programs[0].keys
    assert "cron_restart" not in keys
    assert "cwd" not in keys
    assert keys["namespace"] == "my-sites"


def test_an_app_that_is_not_to_start_is_not_enabled_and_one_shot_is_never_restarted():
    keys = imported({"script": "a.js", "autostart": False, "autorestart": False}).programs[0].keys
    assert (keys["enabled"], keys["restart"]) == (False, "never")


def test_a_javascript_file_is_refused_with_the_command_that_makes_json_of_it():
    with pytest.raises(ImportFileError, match="node -p"):
        read("module.exports = {}", "ecosystem.config.js")


@pytest.mark.parametrize(
    "text", ["[", "3", '{"apps": 3}', '{"apps": [3]}', "{}", '{"apps": [{"script": "a", "instances": "x"}]}']
)
def test_what_is_no_ecosystem_file_is_refused(text: str):
    with pytest.raises(ImportFileError):
        read(text)


def test_the_text_is_yaml_that_says_the_same():
    found = imported(APP)
    made = yaml.safe_load(written(found, "ecosystem.config.json"))
    assert made["programs"] == [{"name": "api", **found.programs[0].keys}]


_SCALARS = st.none() | st.booleans() | st.integers() | st.text()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
_KEYS = st.sampled_from([*APP, "anything", "node_args", "uid", "interpreter"])


@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_whatever_an_app_holds_it_is_read_or_refused(app: dict[str, Any]):
    try:
        found = imported({"script": "a.js", **app})
    except ImportFileError:
        return
    assert isinstance(yaml.safe_load(written(found, "x"))["programs"] or [], list)
