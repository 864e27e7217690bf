"""The command line against a running supervisor."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable

import pytest

from config import Places
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process


def test_scale_changes_the_number_of_workers_up_and_down(herd: Herd) -> None:
    for count, wanted in (("+2", 4), ("-3", 1), ("2", 2)):
        said = herd.command("scale", "default", count)
        assert (said.returncode, said.stderr) == (0, "")
        eventually(lambda wanted=wanted: herd.pool()["running"] == wanted == len(herd.pool()["workers"]), 10, herd.tail)


def test_stop_drains_a_pool_and_start_brings_it_back(herd: Herd) -> None:
    assert herd.command("stop", "default").returncode == 0
    eventually(lambda: herd.pool()["workers"] == [], 10, herd.tail)
    eventually(lambda: herd.pids("zygote") == [], 10, "its zygote left, too")
    assert herd.command("reload").stdout == "reloading nothing: there is no pool that is not stopped\n"
    assert herd.command("start", "default").returncode == 0
    eventually(lambda: herd.pool()["running"] == 2, 10, herd.tail)


def test_a_program_is_stopped_started_and_restarted_by_name(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(programs=[{"name": "sleeper", "command": "sleep 1000", "instances": 2}])

    def pids() -> list[int | None]:
        return [program["pid"] for program in herd.status()["programs"]]

    before = pids()
    assert None not in before
    assert herd.command("restart", "sleeper").returncode == 0
    eventually(lambda: None not in pids() and set(pids()).isdisjoint(before), 10)
    assert herd.command("stop", "sleeper").returncode == 0
    eventually(lambda: pids() == [None, None], 10)
    assert herd.command("start", "sleeper").returncode == 0
    eventually(lambda: None not in pids(), 10)


def test_the_janitor_is_restarted_by_name_and_the_store_is_not(herd: Herd) -> None:
    before = herd.pid_of("janitor")
    assert herd.command("restart", "janitor").stdout == "restarting janitor\n"
    eventually(lambda: herd.pid_of("janitor") != before, 10, herd.tail)
    refused = herd.command("restart", "store")
    assert (refused.returncode, refused.stderr) == (
        1,
        "there is no pool or program 'store': there is default, janitor\n",
    )


def test_the_exit_status_says_what_happened(herd: Herd) -> None:
    unknown = herd.command("scale", "defualt", "2")
    assert (unknown.returncode, "did you mean default" in unknown.stderr) == (1, True)
    assert herd.command("scale", "default", "many").returncode == 1
    assert herd.command("no-such-verb").returncode == 2
    assert herd.command("check").returncode == 0
    blind = herd.command("monit")
    assert (blind.returncode, blind.stdout, "needs a terminal" in blind.stderr) == (2, "", True)
    full = ["sh", "-c", f"exec {sys.executable} -m supervisor -c {herd.path} status > /dev/full"]
    said = subprocess.run(full, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert (said.returncode, said.stderr) == (1, "the answer could not be written: No space left on device\n")
    shut = herd.command("shutdown")
    assert (shut.returncode, shut.stdout) == (0, "stopped\n")
    assert herd.all_pids() == []
    gone = herd.command("status")
    assert (gone.returncode, "no supervisor is running" in gone.stderr) == (3, True)


def test_a_bad_file_is_refused_with_every_problem_and_status_2(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(start=False)
    herd.path.write_text("poolz: []\ngateway: {port: high}\n")
    for verb in (["check"], []):
        said = herd.command(*verb)
        assert said.returncode == 2
        assert "poolz" in said.stderr
        assert "gateway.port" in said.stderr
        assert "Traceback" not in said.stderr


def test_a_second_start_is_refused_and_names_the_first(herd: Herd) -> None:
    second = herd.command()
    assert second.returncode == 1
    assert str(herd.status()["pid"]) in second.stderr
    assert herd.pool()["running"] == 2


def test_a_taken_metrics_port_is_named_before_anything_is_started(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(start=False)
    with socket.create_server(("127.0.0.1", herd.metrics_port)):
        said = herd.command()
    assert said.returncode == 1
    assert f"127.0.0.1:{herd.metrics_port}" in said.stderr
    assert "Traceback" not in said.stderr
    assert herd.all_pids() == []


def test_logs_shows_what_a_pool_and_a_program_wrote(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(programs=[{"name": "talker", "command": "sh -c 'echo hello; sleep 1000'"}])

    def talked() -> bool:
        return "talker.0 | hello" in herd.command("logs", "talker").stdout

    eventually(talked, 5)
    assert "talker.0 | hello" in herd.command("logs").stdout
    assert "all workers running" in herd.command("logs", "supervisor", "--lines", "100").stdout
    assert herd.command("logs", "nobody").returncode == 1


def test_the_control_socket_is_for_this_user_only_and_answers_nonsense(herd: Herd) -> None:
    path = Places(herd.config.data_dir).control_socket
    about = path.stat()
    assert (stat.S_IMODE(about.st_mode), about.st_uid) == (0o600, os.geteuid())
    for line, said in ((b"nonsense\n", b"one line of JSON"), (b"x" * 100_000 + b"\n", b"at most")):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(path))
            connection.sendall(line)
            assert said in connection.recv(65536)
    assert herd.pool()["running"] == 2
