"""The file against what runs: only what differs is touched."""

import json
import os
import signal
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from config import Places
from tests.support.herd import Herd
from tests.support.ports import free_port
from tests.support.processes import eventually

pytestmark = [pytest.mark.process, pytest.mark.timeout(150)]

MakeHerd = Callable[..., Herd]
# No canary, which would wait for jobs; and in place, so that names stay.
QUICK = {"reload": {"canary_jobs": 0, "max_surge": 0, "max_unavailable": 1}}
MAIL = {"name": "mail", "tasks": ["tests.support.tasks"], **QUICK}
SAYS = "import os\nfrom worker import task\n@task('says')\ndef says() -> str:\n    return os.environ['WORD'] + '{}'\n"


def edit(herd: Herd, change: Callable[[dict[str, Any]], object]) -> None:
    contents = yaml.safe_load(herd.path.read_text())
    change(contents)
    herd.path.write_text(yaml.safe_dump(contents))


def applied(herd: Herd, *options: str) -> str:
    said = herd.command("apply", *options)
    assert (said.returncode, said.stderr) == (0, ""), said.stdout + said.stderr
    return said.stdout


def pids(herd: Herd) -> dict[str, int | None]:
    """Every process by its name."""
    status = herd.status()
    parts = [status[name] for name in ("store", "janitor", "gateway", "logger") if status[name]]
    workers = [worker for pool in status["pools"] for worker in pool["workers"]]
    return {one["name"]: one["pid"] for one in [*workers, *status["programs"], *parts]}


def test_another_count_or_another_pool_touches_nobody_who_runs(make_herd: MakeHerd) -> None:
    herd = make_herd(pool=QUICK)
    start = pids(herd)
    herd.path.write_text("# a remark\n" + herd.path.read_text())
    assert applied(herd).startswith("nothing to do")

    edit(herd, lambda file: file["pools"][0].update(instances=3))
    assert "2 -> 3" in applied(herd, "--dry-run")
    assert pids(herd) == start, "a dry run does nothing"
    assert "differs from what runs in 1 places" in herd.command("check").stdout
    applied(herd)
    grown = pids(herd)
    assert {name: grown[name] for name in start} == start, "those that ran were not touched"
    assert grown.keys() - start.keys() == {"default.2"}

    edit(herd, lambda file: file["pools"].append(MAIL))
    applied(herd)
    added = pids(herd)
    assert {name: added[name] for name in grown} == grown
    assert added["mail.0"] is not None

    edit(herd, lambda file: file["pools"][1].update(env={"WORD": "hidden-word"}))
    said = applied(herd)
    assert "+ pools.mail.env.WORD: ***" in said
    assert "hidden-word" not in said
    reloaded = pids(herd)
    assert {name for name in added if added[name] != reloaded[name]} == {"mail.0"}
    assert "worker mail.0: worker leaves" in (herd.folder / "d/logs/mail.log").read_text(), "not by its slot"

    edit(herd, lambda file: file["pools"].pop(1))
    applied(herd)
    assert pids(herd) == grown
    assert [pool["name"] for pool in herd.status()["pools"]] == ["default"]
    assert 'pool="mail"' not in herd.get(herd.metrics_port, "/metrics")
    assert herd.command("scale", "mail", "2").returncode == 1

    edit(herd, lambda file: file["pools"].append({**MAIL, "name": "late"}))
    applied(herd)
    assert herd.stop() == 0, "what was added leaves with all the others"
    assert herd.all_pids() == []


def test_programs_come_and_go_and_only_the_edited_one_is_restarted(make_herd: MakeHerd) -> None:
    herd = make_herd(programs=[{"name": "p", "command": "sleep 1000"}, {"name": "q", "command": "sleep 1000"}])
    start = pids(herd)
    edit(herd, lambda file: file["programs"][0].update(command="sleep 2000", instances=2))
    applied(herd)
    programs = pids(herd)
    assert {name for name in programs if programs[name] != start.get(name)} == {"p.0", "p.1"}
    edit(herd, lambda file: file["programs"][0].update(instances=1))
    applied(herd)
    assert pids(herd) == {name: pid for name, pid in programs.items() if name != "p.1"}
    edit(herd, lambda file: (file["programs"].pop(1), file["programs"].append({"name": "r", "command": "sleep 9999"})))
    applied(herd)
    left = pids(herd)
    assert left.pop("r.0") is not None
    assert left == {name: pid for name, pid in programs.items() if name not in ("q.0", "p.1")}


def test_the_other_sections_reach_those_who_read_them(make_herd: MakeHerd) -> None:
    herd = make_herd(pool=QUICK, with_gateway=True)
    start = pids(herd)

    edit(herd, lambda file: file.update(schedules=[{"name": "s", "task": "nap", "cron": "@yearly"}]))
    applied(herd)
    first = pids(herd)
    assert {name for name in start if start[name] != first[name]} == {"janitor"}

    edit(herd, lambda file: file.update(logs={"max_size": "1MiB"}))
    applied(herd)
    eventually(lambda: pids(herd)["logger"] not in (None, first["logger"]), 10, herd.tail)
    edit(herd, lambda file: file.update(queues={"default": {"retries": 5}}))
    applied(herd)
    second = pids(herd)
    assert {name for name in first if first[name] != second[name]} == {"janitor", "default.0", "default.1", "logger"}
    assert "config" in herd.command("logs", "supervisor").stdout, "the new logger reads the same pipes"

    port, gateway = free_port(), free_port()
    edit(herd, lambda file: (file["metrics"].update(port=port), file["gateway"].update(port=gateway)))
    applied(herd)
    eventually(lambda: "herdsman_workers" in herd.get(port, "/metrics"), 5)
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        herd.get(herd.metrics_port, "/metrics")
    assert herd.status()["addresses"] == {"gateway": f"127.0.0.1:{gateway}", "metrics": f"127.0.0.1:{port}"}
    edit(herd, lambda file: file["gateway"].update(enabled=False))
    applied(herd)
    assert herd.status()["gateway"] is None

    before = pids(herd)
    edit(herd, lambda file: (file.update(store={"fsync": "always"}), file["pools"][0].update(instances=4)))
    refused = herd.command("apply")
    assert (refused.returncode, "new start of the supervisor" in refused.stderr) == (1, True)
    assert pids(herd) == before, "all of it or nothing"


def test_a_bad_file_or_code_that_cannot_be_imported_changes_nothing(make_herd: MakeHerd) -> None:
    herd = make_herd(programs=[{"name": "p", "command": "sleep 1000"}])
    good, start, config = herd.path.read_text(), pids(herd), herd.status()["config"]
    herd.path.write_text(good + "\npoolz: []\nlogs: {max_size: huge}\n")
    said = herd.command("apply")
    assert said.returncode == 2
    assert "poolz" in said.stderr
    assert "logs.max_size" in said.stderr
    os.kill(herd.pid, signal.SIGHUP)
    eventually(lambda: "SIGHUP: nothing was changed" in herd.tail(), 5, herd.tail)
    assert "logs.max_size" in herd.tail(), "every problem is in the log"
    assert (pids(herd), herd.status()["config"]) == (start, config)

    herd.path.write_text(good)
    edit(
        herd,
        lambda file: (
            file["pools"].append({"name": "new", "tasks": ["no_such_module"]}),
            file["programs"][0].update(command="sleep 2"),
        ),
    )
    said = herd.command("apply", "--json")
    answer = json.loads(said.stdout)
    assert (said.returncode, answer["stage"]) == (1, "failed")
    assert "rolled back: new: " in answer["error"]
    assert "no_such_module" in answer["error"]
    assert (pids(herd), herd.status()["config"]) == (start, config)

    herd.path.write_text(good)
    edit(herd, lambda file: file["pools"][0].update(tasks=["no_such_module"]))
    assert herd.command("apply").returncode == 1
    assert (pids(herd), herd.status()["config"]) == (start, config)
    herd.path.write_text(good)
    assert applied(herd).startswith("nothing to do")


def test_hup_reads_the_file_again_and_brings_new_code(make_herd: MakeHerd) -> None:
    herd = make_herd(
        pool={**QUICK, "tasks": ["my_words"], "env": {"WORD": "one"}, "instances": 1},
        files={"my_words.py": SAYS.format(1)},
    )

    def answer() -> Any:
        return herd.client.enqueue("says", keep=60).result(timeout=10)

    assert answer() == "one1"
    (herd.folder / "my_words.py").write_text(SAYS.format(200))
    edit(herd, lambda file: file["pools"][0].update(env={"WORD": "two"}, instances=2))
    os.kill(herd.pid, signal.SIGHUP)
    eventually(lambda: "SIGHUP: done" in herd.tail(), 30, herd.tail)
    assert answer() == "two200"
    status = herd.status()
    assert status["pools"][0]["running"] == 2
    assert {worker["config"] for worker in status["pools"][0]["workers"]} == {status["config"]["pools"]["default"]}


def test_what_was_set_at_run_time_is_shown_and_gives_way_to_a_file_that_says_otherwise(make_herd: MakeHerd) -> None:
    herd = make_herd(pool=QUICK, programs=[{"name": "p", "command": "sleep 1000"}])
    herd.command("scale", "default", "4")
    herd.command("stop", "p")
    assert "override default: instances 4 (file: 2)" in applied(herd)
    assert "override: default: instances 4 (file: 2)" in herd.command("status").stdout
    edit(herd, lambda file: file["pools"][0].update(max_jobs=1000))
    applied(herd)
    assert herd.status()["pools"][0]["running"] == 4, "the file has not spoken of the count"

    edit(herd, lambda file: file["pools"][0].update(instances=3))
    assert "override default: instances 4 (file: 2): is dropped" in applied(herd)
    assert herd.status()["pools"][0]["running"] == 3
    assert herd.status()["config"]["overrides"] == {"p": "stopped"}
    assert "override p: stopped: is dropped" in applied(herd, "--reset")
    assert herd.status()["config"]["overrides"] == {}
    assert pids(herd)["p.0"] is not None
    assert not Places(herd.config.data_dir).overrides.read_text().count("stopped")
