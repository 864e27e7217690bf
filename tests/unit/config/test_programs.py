from pathlib import Path

import pytest
from pydantic import ValidationError

from config import ConfigError, load
from config.programs import Program


def program(**keys):
    return Program(name="a", command="run", **keys)


@pytest.mark.parametrize(("written", "value"), [("022", 0o022), ("0027", 0o027), ("777", 0o777)])
def test_the_umask_is_octal(written, value):
    assert program(umask=written).umask == value


@pytest.mark.parametrize(
    "keys",
    [
        {"umask": "8"}, {"umask": "22"}, {"umask": "0o22"}, {"nice": "20"}, {"nice": "-21"},
        {"limits": {"nofile": "-1"}}, {"limits": {"nofile": "many"}}, {"limits": {"nofile": "2:1"}},
        {"limits": {"nofile": "unlimited:1"}}, {"limits": {"nofile": "1:2:3"}}, {"limits": {"files": "1"}},
        {"stop_signal": "TREM"}, {"stop_signal": "STOP"}, {"stop_signal": "9"}, {"instance_var": "a-b"},
        {"success_exits": ["256"]}, {"success_exits": ["-1"]}, {"final_exits": ["SIGNOPE"]}, {"final_exits": "1"},
        {"cron_restart": "61 * * * *"}, {"timezone": "Mars/Base"}, {"watch": {"paths": []}}, {"watch": {}},
        {"watch": {"paths": ["x"], "debounce": "0"}}, {"backoff": {"factor": "0.5"}}, {"namespace": "A B"},
        {"env": {"A": "{{nope}}"}}, {"cwd": "{{nope}}"}, {"env_file": [{"file": "x"}]}, {"restart_window": "0"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(keys):
    with pytest.raises(ValidationError):
        program(**keys)


def test_limits_are_sizes_counts_and_pairs():
    limits = {"nofile": "1024:4096", "core": "0", "as": "2G", "nproc": "unlimited", "fsize": "1M:unlimited"}
    assert {name: pair for name, *pair in program(limits=limits).limits.given()} == {
        "nofile": [1024, 4096], "core": [0, 0], "as": [2 << 30, 2 << 30], "nproc": [-1, -1], "fsize": [1 << 20, -1],
    }  # fmt: skip


def test_exit_codes_and_signals_are_kept_apart():
    found = program(success_exits=["0", "15", "TERM"], final_exits=["sigabrt"])
    assert (found.success_exits, found.final_exits) == ((0, 15, "SIGTERM"), ("SIGABRT",))


def test_an_env_file_is_one_or_several_each_optional_or_not():
    assert [file.path.name for file in program(env_file="a.env").env_file] == ["a.env"]
    several = program(env_file=["a.env", {"path": "b.env", "optional": "true"}]).env_file
    assert [(file.path.name, file.optional) for file in several] == [("a.env", False), ("b.env", True)]
    assert program(env_file=None).env_file == ()


def test_a_sum_in_a_command_line_is_one_word():
    found = Program(name="a", command="serve --port {{ 3000 + instance }}")
    assert found.command == ("serve", "--port", "{{3000+instance}}")


def test_a_budget_that_the_delays_keep_from_being_spent_is_refused():
    with pytest.raises(ValidationError, match="can never be exceeded within restart_window"):
        program(max_restarts="16", restart_window="60s")
    with pytest.raises(ValidationError, match="the delays alone take 50s"):
        program(max_restarts="5", restart_window="20s", restart_delay="10s")
    assert program(max_restarts="5", restart_window="20s").max_restarts == 5
    assert program(max_restarts="16").restart_window is None


def test_a_wrong_sum_is_told_with_its_place(tmp_path: Path):
    file = tmp_path / "c.yaml"
    file.write_text("programs:\n  - name: a\n    command: [run, '{{instnace}}']\n    env: {PORT: '{{1/2}}'}\n")
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    places = [str(problem).removeprefix(str(file)).split(" ")[:2] for problem in caught.value.problems]
    assert places == [[":3:14:", "programs[0].command:"], [":4:17:", "programs[0].env.PORT:"]]


def test_the_place_of_a_key_is_known_after_loading(tmp_path: Path):
    file = tmp_path / "c.yaml"
    file.write_text("programs:\n  - name: a\n    command: run\n    user: nobody\n")
    loaded = load(file, {})
    assert str(loaded.mark("programs", 0, "user")) == f"{file}:4:11"
    assert str(loaded.mark("programs", 0, "group")) == f"{file}:2:5"
