"""Real programs that become ready, hang, and are found out."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.herd import Herd
from tests.support.ports import free_port
from tests.support.processes import eventually, gone

pytestmark = pytest.mark.process

# Tells by sd_notify. Its words are its arguments, each said when a file of that name appears in its folder.
TELLS = """
import os, pathlib, socket, time
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.connect(os.environ["NOTIFY_SOCKET"].replace("@", chr(0), 1))
while True:
    for word in ("READY=1", "WATCHDOG=1", "WATCHDOG=trigger"):
        if pathlib.Path(word).exists():
            if word == "WATCHDOG=trigger":
                pathlib.Path(word).unlink()  # first: it may be killed for saying it
            end.send(word.encode() + b"\\nSTATUS=said " + word.encode())
    time.sleep(0.05)
"""

# Serves 200, or 503 while the file `sick` is there.
SERVES = """
import http.server, pathlib, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if pathlib.Path("sick").exists() else 200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
"""


def program(name: str, command: Any, **over: Any) -> dict[str, Any]:
    return {"name": name, "command": command, "stop_timeout": "500ms", **over}


@pytest.fixture
def herd_of(make_herd: Callable[..., Herd]) -> Callable[..., Herd]:
    """Start a herd of these programs alone, in the folder of its config file."""

    def make(*programs: dict[str, Any]) -> Herd:
        herd = make_herd(start=False, pool={"instances": 0}, programs=list(programs))
        rewritten = herd.path.read_text().replace("FOLDER", str(herd.folder))
        herd.path.write_text(rewritten)
        herd.start()
        eventually(lambda: herd.command("status").returncode == 0, 20, herd.tail)
        return herd

    return make


def seen(herd: Herd, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in herd.status()["programs"] if one["name"] == name)
    return found


def reaches(herd: Herd, name: str, **wanted: Any) -> dict[str, Any]:
    def there() -> dict[str, Any]:
        now = seen(herd, name)
        assert {key: now[key] for key in wanted} == wanted
        return now

    return eventually(there, 15, herd.tail)


def test_each_way_to_be_ready_is_waited_for(herd_of: Callable[..., Herd]) -> None:
    web = free_port()
    herd = herd_of(
        program("tells", [sys.executable, "-c", TELLS], cwd="FOLDER", ready={"notify": True}),
        program("says", ["sh", "-c", "until test -e say; do sleep 0.05; done; echo listening on 80; exec sleep 100"],
                cwd="FOLDER", ready={"line": r"listening on \d+"}),
        program("listens", [sys.executable, "-c", SERVES, str(web)], cwd="FOLDER", ready={"port": web}),
        program("serves", "sleep 100", cwd="FOLDER", ready={"http": f"http://127.0.0.1:{web}/"}),
        program(
            "asked", "sleep 100", cwd="FOLDER", env={"FILE": "good"}, ready={"command": ["sh", "-c", "test -e $FILE"]}
        ),
    )  # fmt: skip
    for name in ("tells.0", "says.0", "asked.0"):
        reaches(herd, name, state="STARTING")
    for name in ("listens.0", "serves.0"):
        reaches(herd, name, state="RUNNING")
    for file in ("READY=1", "say", "good"):
        (herd.folder / file).touch()
    for name in ("says.0", "asked.0"):
        reaches(herd, name, state="RUNNING", restarts=0)
    reaches(herd, "tells.0", state="RUNNING", said="said READY=1", health="unknown")


def test_one_that_is_not_ready_in_time_is_killed_and_started_again_later_and_later(
    herd_of: Callable[..., Herd],
) -> None:
    deaf = ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"]
    herd = herd_of(program("late", deaf, stop_timeout="100ms", ready={"line": "never", "timeout": "300ms"}))
    late = eventually(lambda: (now := seen(herd, "late.0"))["restarts"] >= 3 and now, 20, herd.tail)
    assert "not ready within 0.3 s" in late["error"]
    assert late["probe_restarts"] >= 3
    assert late["state"] in ("STARTING", "BACKOFF")
    assert "did not leave in time: killed" in herd.tail()


def test_the_first_line_of_a_new_life_counts_and_not_the_one_of_the_last(herd_of: Callable[..., Herd]) -> None:
    once = "if test -e told; then touch silent; exec sleep 100; fi; touch told; echo it is up; exec sleep 100"
    herd = herd_of(program("once", ["sh", "-c", once], cwd="FOLDER", ready={"line": "it is up", "timeout": "60s"}))
    first = reaches(herd, "once.0", state="RUNNING")
    herd.kill(first["pid"])
    assert reaches(herd, "once.0", state="STARTING", restarts=1)["pid"] != first["pid"]
    eventually((herd.folder / "silent").exists, 10, herd.tail)
    (herd.folder / "told").unlink()
    herd.kill(seen(herd, "once.0")["pid"])
    reaches(herd, "once.0", state="RUNNING")


def test_a_new_logger_still_finds_the_line(herd_of: Callable[..., Herd]) -> None:
    slow = "until test -e say; do sleep 0.05; done; echo it is up; exec sleep 100"
    herd = herd_of(program("slow", ["sh", "-c", slow], cwd="FOLDER", ready={"line": "it is up", "timeout": "60s"}))
    reaches(herd, "slow.0", state="STARTING")
    herd.kill(herd.pid_of("logger"))
    (herd.folder / "say").touch()
    reaches(herd, "slow.0", state="RUNNING", restarts=0)


def test_a_sick_program_is_unhealthy_and_started_anew(herd_of: Callable[..., Herd]) -> None:
    web = free_port()
    health = {"http": f"http://localhost:{web}/", "interval": "100ms", "failures": 2, "grace": "20s"}
    herd = herd_of(program("web", [sys.executable, "-c", SERVES, str(web)], cwd="FOLDER", health=health))
    before = reaches(herd, "web.0", state="RUNNING", health="healthy")
    assert herd.metric("herdsman_program_healthy", program="web") == 1
    (herd.folder / "sick").touch()
    eventually(lambda: seen(herd, "web.0")["probe_restarts"] == 1, 15, herd.tail)
    (herd.folder / "sick").unlink()
    after = reaches(herd, "web.0", state="RUNNING", health="healthy", restarts=1)
    assert after["pid"] != before["pid"]
    assert "2 bad answers in a row: it answered 503" in herd.tail()
    assert herd.metric("herdsman_program_probe_restarts_total", program="web") == 1


def test_each_instance_is_asked_at_its_own_port(herd_of: Callable[..., Herd]) -> None:
    low, high = sorted((free_port(), free_port()))
    step = high - low
    own = SERVES.replace("import ", "import os, ", 1).replace(
        "int(sys.argv[1])", f'int(sys.argv[1]) + {step} * int(os.environ["HERDSMAN_INSTANCE"])'
    )
    asked = {"http": f"http://127.0.0.1:{{{{{low} + {step} * instance}}}}/", "interval": "100ms"}
    herd = herd_of(program("web", [sys.executable, "-c", own, str(low)], cwd="FOLDER", instances=2, health=asked))
    for name in ("web.0", "web.1"):
        reaches(herd, name, health="healthy")
    herd.kill(seen(herd, "web.1")["pid"])
    reaches(herd, "web.1", health="healthy", restarts=1)
    reaches(herd, "web.0", health="healthy", restarts=0)


def test_a_program_that_was_stopped_in_its_tracks_is_found_and_followed(herd_of: Callable[..., Herd]) -> None:
    web = free_port()
    health = {"http": f"http://127.0.0.1:{web}/", "interval": "100ms", "timeout": "1s", "failures": 2}
    herd = herd_of(program("web", [sys.executable, "-c", SERVES, str(web)], cwd="FOLDER", health=health))
    before = reaches(herd, "web.0", health="healthy")
    psutil.Process(before["pid"]).send_signal(signal.SIGSTOP)
    gone([before["pid"]], 15)
    reaches(herd, "web.0", health="healthy", restarts=1, probe_restarts=1)


def test_a_watchdog_must_be_fed_and_can_be_pulled(herd_of: Callable[..., Herd]) -> None:
    health = {"notify": True, "interval": "1s", "failures": 2, "grace": "20s"}
    fed = program("fed", [sys.executable, "-c", TELLS], cwd="FOLDER", ready={"notify": True}, health=health)
    herd = herd_of(fed)
    for file in ("READY=1", "WATCHDOG=1"):
        (herd.folder / file).touch()
    before = reaches(herd, "fed.0", state="RUNNING", health="healthy", probe_restarts=0)
    environment = psutil.Process(before["pid"]).environ()
    assert environment["WATCHDOG_USEC"] == "1000000"
    (herd.folder / "WATCHDOG=trigger").touch()
    gone([before["pid"]], 10)
    second = reaches(herd, "fed.0", state="RUNNING", health="healthy", probe_restarts=1)
    for file in ("READY=1", "WATCHDOG=1"):
        (herd.folder / file).unlink()
    gone([second["pid"]], 10)
    eventually(lambda: "no WATCHDOG=1 within 1 s" in herd.tail(), 5)


def test_a_command_that_hangs_is_a_bad_answer_and_leaves_nothing_behind(herd_of: Callable[..., Herd]) -> None:
    hangs = ["sh", "-c", "trap '' TERM; sleep 987654 & wait"]
    health = {"command": hangs, "interval": "100ms", "timeout": "200ms", "failures": 3, "grace": "0s"}
    herd = herd_of(program("it", "sleep 1000", health=health))
    eventually(lambda: seen(herd, "it.0")["probe_restarts"] >= 1, 15, herd.tail)
    assert "3 bad answers in a row: no answer within 0.2 s" in herd.tail()
    assert herd.command("stop", "it").returncode == 0
    reaches(herd, "it.0", state="STOPPED")

    def left() -> list[int]:
        return [pid for pid in herd.all_pids() if "987654" in " ".join(psutil.Process(pid).cmdline())]

    eventually(lambda: not left(), 5, "nothing that asked is left")


def test_probes_leave_no_open_files_in_the_supervisor(herd_of: Callable[..., Herd]) -> None:
    web = free_port()
    health = {"http": f"http://127.0.0.1:{web}/", "interval": "100ms", "timeout": "50ms", "failures": 1000}
    dead = {"port": free_port(), "interval": "100ms", "failures": 1000}
    asked = {"command": "false", "interval": "100ms", "failures": 2, "grace": "0s"}
    herd = herd_of(
        program("web", [sys.executable, "-c", SERVES, str(web)], cwd="FOLDER", health=health),
        program("nobody", "sleep 1000", health=dead),
        program("dies", "sleep 1000", health=asked, ready={"notify": True, "timeout": "200ms"}),
    )
    eventually(lambda: seen(herd, "dies.0")["probe_restarts"] >= 1, 15, herd.tail)

    def files() -> int:
        return len(list(Path(f"/proc/{herd.pid}/fd").iterdir()))

    before = files()
    eventually(lambda: seen(herd, "dies.0")["probe_restarts"] >= 4, 20, herd.tail)
    eventually(lambda: files() <= before + 1, 5, lambda: f"{before} open files before, {files()} now")
    assert len(list(Path(f"/proc/{herd.pid}/task").iterdir())) == 1, "and no thread"


def test_a_gateway_that_hangs_is_started_anew(make_herd: Callable[..., Herd]) -> None:
    port = free_port()
    health = {"interval": "100ms", "timeout": "2s", "failures": 2}
    herd = make_herd(start=False, pool={"instances": 0}, gateway={"port": port, "health": health})
    herd.start()
    gateway = eventually(
        lambda: (
            herd.command("status").returncode == 0
            and (now := herd.status()["gateway"])["health"] == "healthy"
            and now["pid"]
        ),
        20,
        herd.tail,
    )
    psutil.Process(gateway).send_signal(signal.SIGSTOP)
    gone([gateway], 20)
    eventually(lambda: (now := herd.status()["gateway"])["health"] == "healthy" and now["probe_restarts"] >= 1, 30)
