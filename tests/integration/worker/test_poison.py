"""Jobs that kill their processes, in every way that a test can bring about: each crash is told with its cause."""

import psutil
import pytest

from engine import JobState
from tests.support.processes import eventually

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    ("type_", "data", "cause"),
    [
        ("exits", [3], "exit 3"),
        ("exits", [0], "exit 0"),
        ("signals", [9], "signal 9"),
        ("signals", [6], "signal 6"),
        ("segfaults", None, "signal 11"),
        ("sticks", None, "hard timeout"),
    ],
)
def test_each_crash_is_kept_with_its_cause_and_the_second_one_buries(start, type_, data, cause) -> None:
    pool = start(tasks=["hm_poison"], policies={"default": {"max_crashes": 2}})
    found = pool.ended(pool.client.enqueue(type_, data), timeout=20)
    assert (found.state, found.crashes, found.attempts) == (JobState.DEAD, 2, 0)
    assert (found.error.type, found.error.cause) == ("Crashed", cause)
    crashes = [event for event in found.history if event.what == "crashed"]
    assert [event.why for event in crashes] == [cause, cause]
    assert len({event.who for event in crashes}) == 2
    assert found.history[-1].what == "buried"


@pytest.mark.timeout(120)
def test_a_host_that_is_lost_is_the_cause_and_what_it_said_stays(start, store) -> None:
    keys = {"tasks": ["hm_tasks", "hm_words"], "policies": {"default": {"lease": "1s", "max_crashes": 1}}}
    pool = start(**keys)
    job = pool.client.enqueue("teller", ["/nowhere"])
    eventually(lambda: job.logs().lines, 10, pool.text)
    eventually(lambda: store.client.hvals("herdsman:{default}:running") == [job.id.encode()], 10, pool.text)
    for one in psutil.Process(pool.process.pid).children(recursive=True):
        one.kill()
    pool.process.kill()
    pool.process.wait(5)
    other = start(**keys)  # no janitor is about: an idle worker sweeps in its place
    found = other.ended(job, timeout=30)
    assert (found.state, found.error.cause) == (JobState.DEAD, "lost host")
    assert [event.what for event in found.history[1:]] == ["crashed", "buried"]
    assert found.progress.text == "a quarter is done"
    assert [line.text for line in job.logs().lines] == ["first"]
