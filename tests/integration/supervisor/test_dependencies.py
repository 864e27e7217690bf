"""Programs and pools that wait for one another at the start, and leave in the other order."""

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

MakeHerd = Callable[..., Herd]
# Ends as the file `ends` says, when it is there.
ONE_SHOT = ["sh", "-c", "until test -e ends; do sleep 0.05; done; exit $(cat ends)"]


def begun(make_herd: MakeHerd, *programs: dict[str, Any], **over: Any) -> Herd:
    herd = make_herd(start=False, programs=list(programs), **{"pool": {"instances": 0}, **over})
    herd.path.write_text(herd.path.read_text().replace("FOLDER", str(herd.folder)))
    herd.start()
    eventually(lambda: herd.command("status").returncode == 0, 20, herd.tail)
    return herd


def seen(herd: Herd, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in herd.status()["programs"] if one["name"] == name)
    return found


def test_a_migration_comes_before_the_workers(make_herd: MakeHerd) -> None:
    migrate = {"name": "migrate", "command": ONE_SHOT, "cwd": "FOLDER", "restart": "never"}
    herd = begun(make_herd, migrate, pool={"depends_on": {"migrate": "completed", "store": "ready"}})
    pool = eventually(lambda: (now := herd.status()["pools"][0])["waiting_for"] and now, 10, herd.tail)
    assert (pool["waiting_for"], pool["workers"], pool["zygote_pid"]) == ("migrate.0 to be completed", [], None)
    assert "waits for migrate.0 to be completed" in herd.command("status").stdout
    (herd.folder / "ends").write_text("0")
    herd.ready()
    assert herd.status()["pools"][0]["waiting_for"] is None


def test_a_migration_that_failed_is_told_and_can_be_run_again(make_herd: MakeHerd) -> None:
    migrate = {"name": "migrate", "command": ONE_SHOT, "cwd": "FOLDER", "restart": "never"}
    api = {"name": "api", "command": "sleep 100", "depends_on": {"migrate": "completed"}}
    herd = begun(make_herd, migrate, api)
    (herd.folder / "ends").write_text("1")

    def told() -> bool:
        return seen(herd, "api.0")["waiting_for"] == "migrate.0, which ended with exit 1"

    eventually(told, 10, herd.tail)
    assert seen(herd, "api.0")["state"] == "STOPPED"
    assert "api.0: waits for migrate.0, which ended with exit 1" in herd.command("status").stdout
    (herd.folder / "ends").write_text("0")
    assert herd.command("start", "migrate").returncode == 0
    eventually(lambda: seen(herd, "api.0")["state"] == "RUNNING", 10, herd.tail)
    assert seen(herd, "api.0")["waiting_for"] is None


def test_each_waits_for_what_it_named_and_they_leave_the_other_way_round(make_herd: MakeHerd) -> None:
    db = {"name": "db", "command": ["sh", "-c", "until test -e up; do sleep 0.05; done; echo db is up; exec sleep 100"],
          "cwd": "FOLDER", "ready": {"line": "db is up"}}  # fmt: skip
    near = {"name": "near", "command": "sleep 100", "depends_on": {"db": "started"}}
    far = {"name": "far", "command": "sleep 100", "depends_on": ["db", "near", "gateway"]}
    herd = begun(make_herd, far, near, db, with_gateway=True)
    eventually(lambda: seen(herd, "near.0")["state"] == "RUNNING", 10, herd.tail)
    assert seen(herd, "db.0")["state"] == "STARTING"
    assert seen(herd, "far.0")["state"] == "STOPPED"
    (herd.folder / "up").touch()
    eventually(lambda: seen(herd, "far.0")["state"] == "RUNNING", 15, herd.tail)
    assert herd.status()["gateway"]["health"] == "healthy"

    stopped = herd.command("stop", "db")
    assert stopped.returncode == 0
    assert "near, far need db, and go on without it" in stopped.stderr or "far, near need db" in stopped.stderr
    assert herd.command("start", "db").returncode == 0
    eventually(lambda: seen(herd, "db.0")["state"] == "RUNNING", 10, herd.tail)
    assert seen(herd, "far.0")["restarts"] == 0, "nobody was stopped because a dependency was"

    assert herd.stop() == 0
    said = herd.tail()
    ends = [said.rindex(f"{name}.0: ended") for name in ("far", "near", "db")]
    assert ends == sorted(ends), "far needs near, near needs db"


def test_what_can_never_start_is_refused_with_its_place(make_herd: MakeHerd) -> None:
    ring = [
        {"name": "a", "command": "sleep 1", "depends_on": ["b"]},
        {"name": "b", "command": "sleep 1", "depends_on": {"a": "started", "stoer": "ready"}},
    ]
    herd = make_herd(start=False)
    herd.path.write_text(herd.path.read_text() + f"programs: {ring!r}\n".replace("'", '"'))
    refused = herd.command("check")
    assert refused.returncode == 2
    assert re.search(
        r"c\.yaml:\d+:\d+: programs\[0\]\.depends_on\[0\]: waits for each other: a -> b -> a", refused.stderr
    )
    assert "there is no 'stoer': did you mean store?" in refused.stderr


def test_a_wait_does_not_hold_up_the_end(make_herd: MakeHerd) -> None:
    never = {
        "name": "never",
        "command": [sys.executable, "-c", "import time; time.sleep(1000)"],
        "ready": {"line": "x"},
    }
    waits = {"name": "waits", "command": "sleep 100", "depends_on": ["never"]}
    herd = begun(make_herd, waits, never, pool={"depends_on": ["waits"]})
    assert herd.stop() == 0
