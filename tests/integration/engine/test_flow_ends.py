"""Flows on the real server: cancelled, left half done, pruned, grown while they run."""

import asyncio

import pytest

from engine import (
    AsyncClient,
    Flow,
    FlowEnded,
    FlowFailed,
    FlowState,
    LeaseLost,
    QueueFull,
    chain,
    group,
)
from engine.flows.flow_calls import Submission, proceed, spawn, step, submit
from engine.jobs.new_job import NewJob
from engine.store.claims import Done
from tests.support.flow_run import states
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.seats import claim


def test_the_whole_is_cancelled_and_what_runs_is_asked_to_stop(client, run, seat):
    flow = Flow()
    parent = flow.job("parent")
    flow.group(*["m"] * 300)
    parent.then("child", if_failed="continue")
    handle = client.flows.submit(flow)
    running = claim(seat, 3).jobs
    assert handle.cancel() is True
    assert handle.progress().states == {"cancelled": 299, "processing": 3}
    assert set(seat.extend([], [], 30).cancels) == {job.id for job in running}
    assert claim(seat).jobs == []
    run.end(running[0])  # it got to its end first
    for job in running[1:]:
        seat.release([seat.lease(job)])
    assert handle.state() == FlowState.CANCELLED
    assert handle.progress().states == {"cancelled": 301, "completed": 1}
    assert handle.cancel() is True
    assert client.flows.cancel("1-1") is False


def test_a_flow_that_is_over_is_not_cancelled(client, run):
    handle = client.flows.submit(chain("a"))
    run.all()
    assert handle.cancel() is False


def test_a_half_submitted_flow_starts_nothing_and_is_cancelled_when_its_time_is_up(client, run, store, seat):
    handing = Submission(group(*["m"] * 1200))
    talk = submit(handing)
    reply = client.run(next(talk))
    talk.send(reply)  # ... and here the producer dies
    assert handing.id
    assert run.once() == []
    handle = client.flows.get(handing.id)
    assert (handle.state(), handle.fetch().total) == ("open", 500)
    store.client.zadd("herdsman:{default}:flows:open", {handing.id: 1})
    client.ask(proceed())
    assert (handle.state(), handle.progress().states) == ("cancelled", {"cancelled": 500})
    assert handle.fetch().stopped == "never closed"
    with pytest.raises(FlowEnded):
        client.run(next(_rest(handing)))
    assert unexplained_keys(store.client) == []


def _rest(handing):
    late = Submission(handing.flow)
    late.id, late.ids = handing.id, {}
    return submit(late)


def test_a_flow_that_is_over_is_pruned_with_all_its_keys(client, run, seat, store):
    flow = Flow(keep=0.001)
    flow.group(*["m"] * 500)
    flow.job("bad").then("never")
    handle = client.flows.submit(flow)
    run.all()
    for _ in range(10):
        seat.run(step())
    assert client.flows.find(handle.id) is None
    assert client.flows.list() == []
    assert client.dead_letters.list().jobs[0].id == handle.ids["bad"]
    assert unexplained_keys(store.client) == []
    assert store.client.keys("*:flow:*") == []
    assert client.dead_letters.retry(handle.ids["bad"])
    [job] = claim(seat).jobs
    assert seat.complete([Done(seat.lease(job))]) == 1
    assert broken(store.client) == []
    assert store.client.keys("*:job:*") == store.client.keys("*:flow:*") == []


def test_a_crashing_member_runs_again_and_its_children_start_once(client, run, seats):
    handle = client.flows.submit(chain("a", "b"))
    for life in (20, 21):
        [job] = claim(seats(life)).jobs
        seats(99).settle(life, "signal 9", [f"{job.id}/{job.token}/{life:x}"], charged=True, max_crashes=5)
    run.all()
    assert run.ran == ["a", "b"]
    assert client.find(handle.ids["a"]).crashes == 2


def test_a_member_acknowledged_twice_starts_its_child_once(client, run, seat):
    client.flows.submit(chain("a", "b"))
    [job] = claim(seat).jobs
    done = Done(seat.lease(job))
    assert (seat.complete([done]), seat.complete([done])) == (1, 0)
    assert (run.once(), run.once()) == (["b"], [])


def test_children_of_a_running_job_hold_up_whoever_waits_for_it(client, run, seat):
    handle = client.flows.submit(chain("split", "join"))
    [job] = claim(seat).jobs
    lease = seat.lease(job)
    made = [client.run(spawn(lease, "split", f"part-{n}", NewJob("part", n))) for n in range(3)]
    assert {one.flow for one in made} == {handle.id}
    seat.complete([Done(lease)])
    assert states(handle)["join"] == "waiting"
    assert run.once() == ["part"] * 3
    assert run.once() == ["join"]
    assert [m.name for m in handle.members()] == ["split", "join", "split/part-0", "split/part-1", "split/part-2"]


def test_a_job_that_runs_again_is_given_its_children_back(client, run, seat, seats):
    client.flows.submit(chain("split", "join"))
    [job] = claim(seats(20)).jobs
    old = f"{job.id}/{job.token}/14"
    first = client.run(spawn(old, "split", "part-0", NewJob("part")))
    seats(99).settle(20, "signal 9", [old], charged=True, max_crashes=5)
    with pytest.raises(LeaseLost):
        client.run(spawn(old, "split", "part-1", NewJob("part")))
    again = next(j for j in claim(seat).jobs if j.type == "split")
    assert client.run(spawn(seat.lease(again), "split", "part-0", NewJob("part"))) == first
    with pytest.raises(ValueError, match="another type"):
        client.run(spawn(seat.lease(again), "split", "part-0", NewJob("other")))


def test_a_job_without_a_flow_begins_one_with_its_first_child(client, run, seat, store):
    job_id = client.enqueue("alone").id
    [job] = claim(seat).jobs
    made = client.run(spawn(seat.lease(job), "alone", "part-1", NewJob("part")))
    handle = client.flows.get(made.flow)
    assert states(handle) == {"alone": "processing", "alone/part-1": "pending"}
    seat.complete([Done(seat.lease(job))])
    assert handle.state() == FlowState.RUNNING
    run.all()
    assert handle.state() == FlowState.COMPLETED
    assert client.find(job_id).flow == made.flow
    assert broken(store.client) == unexplained_keys(store.client) == []


def test_nothing_is_added_to_a_flow_that_was_cancelled(client, seat):
    handle = client.flows.submit(chain("split", "join"))
    [job] = claim(seat).jobs
    handle.cancel()
    with pytest.raises(FlowEnded):
        client.run(spawn(seat.lease(job), "split", "part-1", NewJob("part")))


def test_several_last_members_give_their_results_by_name(client, run):
    handle = client.flows.submit(group("a", "b", "none"))
    run.all()
    assert handle.result(0.1) == {"a": "a", "b": "b", "none": None}
    assert [info.id for info in client.flows.list()] == [handle.id]


def test_the_async_client_does_the_same(store):
    async def go():
        async with AsyncClient(store.url) as client:
            handle = await client.flows.submit(chain("a", "b"))
            assert (await handle.state(), (await handle.progress()).total) == ("running", 2)
            assert [m.name for m in await handle.members()] == ["a", "b"]
            waiting = asyncio.create_task(handle.wait(10))
            assert await (await handle.job("b")).state() == "scheduled"
            assert await handle.cancel()
            assert await waiting == "cancelled"
            with pytest.raises(FlowFailed) as failed:
                await handle.result(1)
            assert failed.value.members == ["a", "b"]
            assert [info.id for info in await client.flows.list()] == [handle.id]

    asyncio.run(go())


def test_a_full_queue_takes_no_flow_at_all(client, seat, store):
    store.client.hset("herdsman:{default}:limits", "default", 10)
    with pytest.raises(QueueFull):
        client.flows.submit(group(*["m"] * 11))
    assert client.flows.list() == []
    client.flows.submit(group(*["m"] * 10))
