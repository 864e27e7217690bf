"""A pool whose size follows its queue, and what a person says to it meanwhile."""

from collections.abc import Callable

import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

QUICK = {"max": 4, "target_wait": "500ms", "up_cooldown": "500ms", "down_cooldown": "1s", "max_cpu": "0%"}
POOL = {"tasks": ["tests.support.greedy_tasks"], "instances": 1}


def test_a_burst_makes_it_grow_and_quiet_makes_it_shrink_and_nothing_is_lost(
    make_herd: Callable[..., Herd],
) -> None:
    herd = make_herd(pool={**POOL, "autoscale": QUICK})
    jobs = [herd.client.enqueue("work", {"seconds": 0.1}, keep=600) for _ in range(100)]
    eventually(lambda: herd.pool()["running"] == 4, 15, lambda: (herd.tail(), herd.pool()["autoscale"]))
    first = min(herd.pool()["workers"], key=lambda worker: worker["name"])["pid"]
    ended = herd.client.wait([job.id for job in jobs], 20)
    assert {(job.state.value, job.attempts, job.crashes) for job in ended.values()} == {("completed", 1, 0)}
    assert len(ended) == len(jobs)
    eventually(lambda: len(herd.pool()["workers"]) == 1, 20, lambda: (herd.tail(), herd.pool()["autoscale"]))
    assert herd.starts.repeated() == set()
    assert herd.pool()["workers"][0]["pid"] == first

    told = herd.pool()["autoscale"]
    ways = [change["after"] > change["before"] for change in told["decisions"]]
    assert ways == sorted(ways, reverse=True)  # up, then down
    assert all(change["reason"] for change in told["decisions"])
    assert "autoscale 1 -> 2: " in herd.tail()
    assert herd.metric("herdsman_autoscale_decisions_total", pool="default", direction="up") == ways.count(True)
    assert herd.metric("herdsman_autoscale_decisions_total", pool="default", direction="down") == 3


def test_a_number_from_a_person_stands_until_autoscale_is_asked_for_again(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(pool={**POOL, "autoscale": QUICK})
    said = herd.command("scale", "default", "3")
    assert "autoscale is off for default until `scale default auto`" in said.stdout
    eventually(lambda: herd.pool()["running"] == 3, 10, herd.tail)
    assert herd.pool()["autoscale"]["active"] is False
    assert "off (scaled by hand)" in herd.command("status").stdout
    assert herd.command("scale", "default", "auto").returncode == 0
    eventually(lambda: len(herd.pool()["workers"]) == 1, 15, herd.tail)
    assert herd.pool()["autoscale"]["active"] is True


def test_scale_takes_max_and_says_when_there_is_nothing_to_decide_by(herd: Herd) -> None:
    assert herd.command("scale", "default", "max").returncode == 0
    assert herd.pool()["desired"] >= 1
    said = herd.command("scale", "default", "auto")
    assert (said.returncode, "has no `autoscale` in the config" in said.stderr) == (1, True)


def test_more_workers_than_there_is_memory_for_are_refused_and_told_how_many_fit(
    make_herd: Callable[..., Herd],
) -> None:
    # Each process forked there has a hundredth of all memory for its own: never 120 of them fit.
    task = "from pathlib import Path\nimport os\nfrom worker import task\n\n@task('x')\ndef x() -> None: ...\n"
    size = "int(Path('/proc/meminfo').read_text().split()[1]) * 1024 // 100"
    grow = f"\ndef grow():\n    global held\n    held = b'1' * ({size})\n\nos.register_at_fork(after_in_child=grow)\n"
    pool_of_one = {"tasks": ["hm_heavy"], "instances": 1, "admission": "refuse"}
    herd = make_herd(pool=pool_of_one, files={"hm_heavy.py": task + grow})
    said = herd.command("scale", "default", "120")
    assert said.returncode == 1
    assert "120 workers of pool default do not fit into memory" in said.stderr
    assert herd.pool()["desired"] == 1
