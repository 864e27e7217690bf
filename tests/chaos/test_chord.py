"""A wide chord whose members take their processes along."""

import time

import pytest

from engine import Flow, FlowState, JobState, NewJob
from tests.chaos.conftest import MakeHerd
from tests.support.servers import Store

pytestmark = [pytest.mark.chaos, pytest.mark.every_server, pytest.mark.timeout(180)]

MEMBERS = 1000
EFFECTS = "effects"


def test_a_chord_of_1000_of_which_a_tenth_kill_their_process_calls_back_once(make_herd: MakeHerd, store: Store) -> None:
    herd = make_herd(url=store.url, pool={"instances": 4}, queues={"default": {"max_crashes": 20}})
    flow = Flow("chord")
    members = flow.group(
        *(
            NewJob("effect", {"url": store.url, "key": EFFECTS, "n": n, "kills": n % 10 == 0}, keep=600)
            for n in range(MEMBERS)
        )
    )
    callback = members.then("tally", pass_results=True)
    began = time.monotonic()
    handle = herd.client.flows.submit(flow)
    assert handle.result(120) == sum(range(MEMBERS))
    took = time.monotonic() - began
    try:
        assert handle.state() == FlowState.COMPLETED
        assert handle.progress().states == {JobState.COMPLETED: MEMBERS + 1}
        assert len(herd.starts.of(handle.ids[callback.name])) == 1
        effects = {int(n): int(token) for n, token in store.client.hgetall(EFFECTS).items()}
        assert effects.keys() == set(range(MEMBERS))
        assert len(set(effects.values())) == MEMBERS  # each from a run of its own
        runs = {int(n): int(count) for n, count in store.client.hgetall(f"{EFFECTS}:runs").items()}
        crashes = [job.crashes for job in herd.client.find_many(list(handle.ids.values())).values()]
        print(f"{took:.1f} s; {sum(runs.values())} runs of {MEMBERS} members; {sum(crashes)} crashes charged")
        assert all(runs[n] >= 2 for n in range(0, MEMBERS, 10))
        assert sum(crashes) >= MEMBERS // 10
    finally:
        store.client.delete(EFFECTS, f"{EFFECTS}:runs")
