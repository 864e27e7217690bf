"""Reloads while jobs arrive steadily: none is lost, none runs twice, none is charged. bench/reload.py measures it."""

import random
import time
from pathlib import Path

import pytest

from tests.chaos.conftest import MakeHerd
from tests.support.background import Background
from tests.support.herd import Herd

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

RELOADS = 5
RATE = 40.0
NEWLY = """
from tests.support.tasks import nap
from worker import task
class Newly(Exception): pass
@task('turn', retries=0)
def turn(n: int) -> int:
    raise Newly('as of late, and not before')
"""
CODE = """
from worker import task
from tests.support.tasks import nap
@task('turn')
def turn(n: int) -> int:
    return n
"""


class Load(Background):
    """Jobs of 5 to 200 ms, steadily, from a thread."""

    def __init__(self, herd: Herd, type: str = "nap") -> None:
        super().__init__()
        self.ids: list[str] = []
        self._herd, self._type = herd, type
        self._random = random.Random(4)

    def run(self) -> None:
        due = time.monotonic()
        while not self.over.is_set():
            what = {"seconds": self._random.uniform(0.005, 0.2)} if self._type == "nap" else {"n": 1}
            self.ids.append(self._herd.client.enqueue(self._type, what, keep=600).id)
            due += 1 / RATE
            self.over.wait(max(0.0, due - time.monotonic()))


def all_ended_well(herd: Herd, ids: list[str]) -> None:
    ended = herd.client.wait(ids, 60)
    assert len(ended) == len(ids)
    assert {(str(job.state), job.attempts, job.crashes) for job in ended.values()} == {("completed", 1, 0)}


def test_reloads_in_a_row_under_load_lose_no_job_run_none_twice_and_charge_none(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 8})
    with Load(herd) as load:
        for _ in range(RELOADS):
            said = herd.command("reload")
            assert said.returncode == 0, said.stderr
    all_ended_well(herd, load.ids)
    assert herd.starts.repeated() == set()
    assert set(herd.starts.counts()) == set(load.ids)
    assert herd.pool()["generation"] == RELOADS + 1
    assert len(herd.pool()["workers"]) == 8


@pytest.mark.parametrize(("code", "word"), [("import no_such_module_anywhere\n", "no_such_module"), (NEWLY, "Newly")])
def test_reloads_to_broken_code_are_rolled_back_and_the_old_generation_never_stops(
    make_herd: MakeHerd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, word: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    module = tmp_path / "my_turns.py"
    module.write_text(CODE)
    herd = make_herd(pool={"instances": 4, "tasks": ["my_turns"], "reload": {"canary_jobs": 20}})
    before = {worker["pid"] for worker in herd.pool()["workers"]}
    module.write_text(code)
    with Load(herd) as load, Load(herd, "turn") as turns:
        said = herd.command("reload")
    assert said.returncode == 1
    assert word in said.stderr
    all_ended_well(herd, load.ids)
    states = [str(job.state) for job in herd.client.wait(turns.ids, 30).values()]
    # The canary's alone: the first one that failed in the new way was the last one.
    assert states.count("dead") <= 10
    assert {worker["pid"] for worker in herd.pool()["workers"]} >= before
