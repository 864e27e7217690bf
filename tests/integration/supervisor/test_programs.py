"""Programs in any language: what they are given, how they end, how they are stopped, what starts them anew."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.herd import Herd
from tests.support.processes import alive, eventually
from tests.support.programs import WITHIN, MakePrograms

pytestmark = pytest.mark.process

WHAT_I_AM = """
import ctypes, json, os, resource, sys, time
umask = os.umask(0)
death = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(death))
said = {
    "argv": sys.argv[1:], "cwd": os.getcwd(), "umask": umask, "nice": os.getpriority(os.PRIO_PROCESS, 0),
    "nofile": resource.getrlimit(resource.RLIMIT_NOFILE), "core": resource.getrlimit(resource.RLIMIT_CORE),
    "death": death.value, **{name: os.environ.get(name) for name in os.environ if name.startswith("T_")},
    "instance": os.environ["HERDSMAN_INSTANCE"],
}
print("I AM " + json.dumps(said), flush=True)
time.sleep(1000)
"""


def test_a_program_is_given_its_instance_variables_folder_umask_limits_and_nice_value(programs: MakePrograms) -> None:
    herd = programs(
        {
            "name": "web", "command": [sys.executable, "who.py", "--port={{3000 + instance}}", "${T_HOME:-x}"],
            "cwd": "in{{instance}}", "instances": 2, "instance_var": "T_INDEX", "umask": "027", "nice": 5,
            "limits": {"nofile": "100:200", "core": 0}, "env_file": ["a.env", {"path": "no.env", "optional": True}],
            "env": {"T_PORT": "{{3000 + instance * 10}}", "T_BOTH": "env"}, "stop_signal": "INT",
        },
        files={"in0/who.py": WHAT_I_AM, "in1/who.py": WHAT_I_AM, "a.env": "export T_FILE='a b'\nT_BOTH=file\n"},
    )  # fmt: skip
    said = [json.loads(line.partition("I AM ")[2]) for line in herd.said("I AM", times=2)]
    for number, one in enumerate(sorted(said, key=lambda one: one["instance"])):
        assert one == {
            "argv": [f"--port={3000 + number}", "x"], "cwd": str(herd.folder / f"in{number}"), "umask": 0o027,
            "nice": 5, "nofile": [100, 200], "core": [0, 0], "death": signal.SIGINT, "instance": str(number),
            "T_INDEX": str(number), "T_PORT": str(3000 + 10 * number), "T_FILE": "a b", "T_BOTH": "env",
        }  # fmt: skip
    assert "a b" not in json.dumps(herd.ask("status"))
    (herd.folder / "a.env").write_text("T_FILE=new\n")
    herd.ask("restart", name="web.1")
    assert '"T_FILE": "new"' in herd.said("I AM", times=3)[-1]
    assert herd.seen()["web.0"]["restarts_by_cause"] == {}
    herd.ask("stop", name="web")
    herd.reaches("web.0", "STOPPED")
    assert herd.seen()["web.0"]["last_end"] == {"code": None, "signal": signal.SIGINT}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_program_runs_as_its_user_in_its_groups_and_a_fork_bomb_ends_at_its_limit(programs: MakePrograms) -> None:
    herd = programs(
        {"name": "mail", "command": "sh -c 'echo USER $(id -u) $(id -g) $(id -G) $HOME $LOGNAME; exec sleep 1000'",
         "user": "nobody", "group": "daemon", "cwd": "/"},
        {"name": "grp", "command": "sh -c 'echo GROUP $(id -u) $(id -g) $(id -G); exec sleep 1000'", "group": "daemon"},
        {"name": "bomb", "command": "sh -c 'while sleep 1000 & do :; done'", "user": "nobody", "cwd": "/",
         "limits": {"nproc": 40}, "restart": "never"},
    )  # fmt: skip
    line = herd.said("mail.0 | USER")[0].split("USER ")[1].split()
    assert (line[:2], line[-2:]) == (["65534", "1"], ["/nonexistent", "nobody"])
    assert "0" not in line[2:-2]
    assert herd.said("grp.0 | GROUP")[0].endswith("GROUP 0 1 1")
    pid = herd.seen()["mail.0"]["pid"]
    assert psutil.Process(pid).uids().real == 65534
    herd.reaches("bomb.0", "EXITED")
    eventually(lambda: len([one for one in herd.all_pids() if _is_sleep(one)]) == 2, WITHIN, "the bomb's are gone")
    # The kernel still tells it when the supervisor dies, though its user changed.
    herd.kill(herd.pid)
    eventually(lambda: not alive(pid), WITHIN)


def _is_sleep(pid: int) -> bool:
    try:
        return psutil.Process(pid).name() == "sleep"
    except psutil.Error:
        return False


def test_what_follows_an_end_is_decided_by_code_and_signal_apart(programs: MakePrograms) -> None:
    hour = {"base": "1h", "max": "1h"}
    failing = {"restart": "on-failure", "backoff": hour}
    herd = programs(
        {"name": "final", "command": "sh -c 'exit 100'", "final_exits": [100]},
        {"name": "aborts", "command": "sh -c 'kill -ABRT $$$$'", "final_exits": ["SIGABRT"], "limits": {"core": 0}},
        {"name": "six", "command": "sh -c 'exit 6'", "final_exits": ["SIGABRT"], "backoff": hour},
        {"name": "fine", "command": "sh -c 'exit 3'", "success_exits": [0, 3], **failing},
        {"name": "termed", "command": "sh -c 'kill $$$$'", "success_exits": ["TERM"], **failing},
        {"name": "fifteen", "command": "sh -c 'exit 15'", "success_exits": ["TERM"], **failing},
        {"name": "once", "command": "sh -c 'exit 7'", "restart": "never"},
        {"name": "absent", "command": "/no/such/program"},
        {"name": "greedy", "command": "sleep 1000", "limits": {"nofile": "100G"}},
    )
    for name, state, code, number in (
        ("final", "FATAL", 100, None), ("aborts", "FATAL", None, 6), ("six", "BACKOFF", 6, None),
        ("fine", "EXITED", 3, None), ("termed", "EXITED", None, 15), ("fifteen", "BACKOFF", 15, None),
        ("once", "EXITED", 7, None),
    ):  # fmt: skip
        seen = herd.reaches(f"{name}.0", state)
        assert seen["last_end"] == {"code": code, "signal": number}, name
    assert "exit 100 is one of its final_exits" in herd.seen()["final.0"]["error"]
    assert herd.reaches("absent.0", "FATAL")["error"].endswith("/no/such/program")
    assert "limits: nofile is refused" in herd.reaches("greedy.0", "FATAL")["error"]
    herd.ask("start", name="final")
    herd.said("final.0: ended, exit 100", times=2)


def test_restart_delay_backoff_budget_and_reset(programs: MakePrograms) -> None:
    hour, soon = {"base": "1h", "max": "1h"}, {"base": "10ms", "max": "20ms"}
    early = {"command": "sh -c 'exit 1'"}
    herd = programs(
        {"name": "waits", "restart_delay": "1h", **early},
        {"name": "grows", "backoff": hour, **early},
        {"name": "limited", "max_restarts": 3, "backoff": soon, **early},
        {"name": "lives", "command": "sleep 0.1", "max_restarts": 2, "min_uptime": "50ms"},
        {"name": "later", "command": "sleep 1000", "enabled": False, "namespace": "night"},
        {"name": "owl", "command": "sleep 1000", "namespace": "night"},
    )
    assert herd.reaches("waits.0", "BACKOFF")["restarts"] == 1
    eventually(lambda: herd.seen()["grows.0"]["restarts"] == 2, WITHIN, herd.tail)  # the first one is immediate
    assert herd.state("grows.0") == "BACKOFF"
    limited = herd.reaches("limited.0", "FATAL")
    assert (limited["restarts"], limited["restarts_by_cause"]) == (3, {"failure": 3})
    assert "ended early more than 3 times" in limited["error"]
    eventually(lambda: herd.seen()["lives.0"]["restarts"] > 3, WITHIN, "good lives are counted against no budget")
    assert herd.state("later.0") == "STOPPED"
    herd.ask("start", name="namespace:night")
    herd.reaches("later.0", "RUNNING")
    assert herd.ask("stop", name="namespace:night") == {
        "pools": [],
        "programs": ["later.0", "owl.0"],
        "warnings": [],
    }
    herd.reaches("owl.0", "STOPPED")
    assert "did you mean night?" in herd.command("stop", "namespace:nigth").stderr
    assert herd.command("reset", "limited").stdout == "counting anew: limited.0\n"
    assert herd.seen()["limited.0"]["restarts"] == 0
    assert herd.metric("herdsman_program_restarts_total", program="limited") == 3


GLUTTON = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; held = b'1' * (64 << 20); time.sleep(1000)"])
print("child", child.pid, flush=True)
time.sleep(1000)
"""


def test_a_program_that_grows_over_its_limit_is_started_anew_with_all_that_it_started(programs: MakePrograms) -> None:
    herd = programs(
        {"name": "glutton", "command": ["python", "glutton.py"], "cwd": ".", "max_memory_restart": "60M"},
        {"name": "modest", "command": "sleep 1000", "max_memory_restart": "60M"},
        files={"glutton.py": GLUTTON},
    )
    first = int(herd.said("glutton.0 ", "child")[0].split()[-1])
    eventually(lambda: herd.seen()["glutton.0"]["restarts_by_cause"].get("memory"), WITHIN, herd.tail)
    eventually(lambda: not alive(first), WITHIN, "the child of the first is gone")
    assert herd.seen()["modest.0"]["restarts_by_cause"] == {}


# A second life while the first is not over would find its folder there.
ALONE = "mkdir alone || echo OVERLAP; trap 'sleep 0.3; rmdir alone; exit 0' TERM; while :; do sleep 0.05; done"


def test_cron_restarts_gracefully_never_overlaps_and_runs_a_one_shot_again(programs: MakePrograms) -> None:
    every_second = {"cron_restart": "* * * * * *", "timezone": "Europe/Berlin", "cwd": "."}
    herd = programs(
        {"name": "web", "command": ["sh", "-c", ALONE], **every_second},
        {"name": "job", "command": ["sh", "-c", "echo RAN"], "restart": "never", **every_second},
        {"name": "long", "command": "sleep 1000", "restart": "never", **every_second},
        {"name": "off", "command": "sh -c 'echo NEVER'", "enabled": False, **every_second},
    )
    long = herd.reaches("long.0", "RUNNING")["pid"]
    herd.said("web.0: ended, exit 0", times=2)
    herd.said("job.0 | RAN", times=3)
    assert herd.seen()["web.0"]["restarts_by_cause"].keys() == {"cron"}
    assert (herd.seen()["web.0"]["restarts"], herd.seen()["long.0"]["pid"]) == (0, long)
    assert "OVERLAP" not in herd.log.read_text()
    assert "off.0 | NEVER" not in herd.log.read_text()


def test_a_changed_file_restarts_a_program_and_an_ignored_one_does_not(programs: MakePrograms) -> None:
    watch = {"paths": ["src"], "ignore": ["*.log", "build"], "debounce": "100ms"}
    herd = programs(
        {"name": "web", "command": "sleep 1000", "watch": watch, "instances": 2},
        {"name": "quiet", "command": "sleep 1000", "enabled": False, "watch": watch},
        files={"src/main.py": "1", "src/build/x": "1"},
    )
    herd.reaches("web.1", "RUNNING")
    before = [herd.seen()[f"web.{number}"]["pid"] for number in range(2)]

    def touched() -> bool:
        # Again and again: the watcher may still be on its way.
        (herd.folder / "src" / "x.log").write_text("2")
        (herd.folder / "src" / "build" / "x").write_text("2")
        (herd.folder / "src" / "main.py").write_text("2")
        return herd.seen()["web.1"]["restarts_by_cause"].get("watch", 0) > 0

    eventually(touched, WITHIN, herd.tail)
    assert all(herd.reaches(f"web.{number}", "RUNNING")["pid"] not in before for number in range(2))
    told = herd.said("web:", "changed")
    assert all("src/main.py' changed" in line for line in told)
    assert herd.state("quiet.0") == "STOPPED"


def test_a_signal_reaches_programs_by_name_and_one_instance_alone(programs: MakePrograms) -> None:
    script = "trap 'echo GOT USR1' USR1; echo READY; while :; do sleep 0.05; done"
    herd = programs({"name": "web", "command": ["sh", "-c", script], "instances": 2})
    herd.said("| READY", times=2)
    said = herd.command("signal", "web", "usr1")
    assert (said.returncode, said.stdout) == (0, "SIGUSR1 sent to web.0, web.1\n")
    herd.said("| GOT USR1", times=2)
    before = herd.seen()
    assert herd.ask("signal", name="web.1", signal="KILL") == {"signal": "SIGKILL", "heard": ["web.1"]}
    eventually(lambda: herd.seen()["web.1"]["pid"] not in (None, before["web.1"]["pid"]), WITHIN, herd.tail)
    after = herd.seen()
    assert (after["web.0"]["pid"], after["web.1"]["restarts"]) == (before["web.0"]["pid"], 0)
    herd.ask("stop", name="web")
    herd.reaches("web.0", "STOPPED")
    herd.reaches("web.1", "STOPPED")
    nobody = herd.command("signal", "web", "HUP")
    assert (nobody.returncode, nobody.stderr) == (1, "web: no process is there to get SIGHUP\n")
    assert "a name like HUP" in herd.command("signal", "web", "NOPE").stderr


def test_a_config_that_this_host_cannot_follow_is_refused_by_check_and_at_the_start(programs: MakePrograms) -> None:
    herd = programs({"name": "a", "command": "run", "env_file": "no.env", "user": "no-such-user"}, start=False)
    checked, started = herd.command("check"), herd.command()
    assert (checked.returncode, started.returncode) == (2, 2)
    assert checked.stderr == started.stderr
    lines = [line.removeprefix(f"{herd.path}:").split(": ", 1) for line in checked.stderr.splitlines()]
    assert [(where.count(":"), what.partition(":")[0]) for where, what in lines] == [
        (1, "programs[0].env_file[0]"), (1, "programs[0].user"),
    ]  # fmt: skip


def test_a_kill_of_workers_is_charged_to_nobody_and_changed_files_reload_their_pool(
    make_herd: Callable[..., Herd], tmp_path: Path
) -> None:
    herd = make_herd(pool={"watch": {"paths": [str(tmp_path)], "debounce": "100ms"}})
    job = herd.client.enqueue("hold", {"seconds": 2.0})
    eventually(lambda: job.state == "processing", WITHIN, herd.tail)
    said = herd.command("signal", "default", "KILL")
    assert said.stdout == "SIGKILL sent to default.0, default.1\n"
    assert job.result(timeout=30) == 2.0
    assert job.fetch().crashes == 0

    def reloaded() -> bool:
        (tmp_path / "tasks.py").write_text("x")
        return bool(herd.status()["pools"][0]["generation"] > 1)

    eventually(reloaded, WITHIN, herd.tail)
