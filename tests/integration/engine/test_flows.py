"""Flows on the real server: who starts when, what a failure does, what is left behind."""

import asyncio

import pytest

from engine import AsyncClient, Flow, FlowEnded, FlowFailed, FlowState, JobError, JobState, LeaseLost, chain, chord
from engine import group, payload
from engine.claims import Done
from engine.flow_calls import Submission, proceed, spawn, step, submit
from engine.new_job import NewJob
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.seats import ERROR, claim


@pytest.fixture
def seat(seats):
    return seats(7)


class Run:
    """Runs what is pending, each job in the way its type says."""

    def __init__(self, client, seat):
        self.client, self.seat, self.ran = client, seat, []

    def once(self, limit=100):
        """Claims and ends one batch; the names of those that ran."""
        jobs = claim(self.seat, limit).jobs
        for job in jobs:
            self.end(job)
        self.ran += [job.type for job in jobs]
        return sorted(job.type for job in jobs)

    def end(self, job):
        lease = self.seat.lease(job)
        if job.type.startswith("bad"):
            assert self.seat.bury(lease, ERROR)
        elif job.type.startswith("gone"):
            assert self.seat.discard(lease, ERROR, 60)
        elif job.type.startswith("none"):
            assert self.seat.complete([Done(lease)]) == 1
        else:
            assert self.seat.complete([Done(lease, payload.encode(job.type), 60)]) == 1

    def all(self):
        """Until nothing is pending."""
        while self.once():
            assert broken(self.client_store) == []
        return self


@pytest.fixture
def run(client, seat, store):
    made = Run(client, seat)
    made.client_store = store.client
    return made


def states(handle):
    return {member.name: member.shown_state for member in handle.members()}


def test_a_chain_runs_one_after_another(client, run):
    handle = client.flows.submit(chain("a", "none", "c"))
    assert handle.state() == FlowState.RUNNING
    assert states(handle) == {"a": "pending", "none": "waiting", "c": "waiting"}
    assert (run.once(), run.once(), run.once(), run.once()) == (["a"], ["none"], ["c"], [])
    assert handle.state() == FlowState.COMPLETED
    assert handle.result(0.1) == "c"
    assert (handle.progress().done, handle.progress().states, handle.progress().fraction) == (3, {"completed": 3}, 1.0)


def test_a_record_says_whom_it_waits_for_and_who_waits_for_it(client, run):
    handle = client.flows.submit(chain("a", "b", "c"))
    job = client.find(handle.ids["b"])
    assert (job.flow, job.parents, job.children) == (handle.id, [handle.ids["a"]], [handle.ids["c"]])
    assert (job.state, job.due_at) == (JobState.SCHEDULED, None)
    assert client.find(handle.ids["a"]).parents == []


def test_a_diamonds_last_job_waits_for_both_sides(client, run, seat):
    flow = Flow("diamond")
    top = flow.job("top")
    sides = [top.then("left"), top.then("right")]
    flow.job("bottom", after=sides)
    handle = client.flows.submit(flow)
    run.once()
    left, right = claim(seat).jobs
    run.end(left)
    assert states(handle)["bottom"] == "waiting"
    run.end(right)
    assert run.once() == ["bottom"]
    assert run.once() == []


def test_a_wide_chords_callback_runs_once_and_each_end_costs_the_same(client, run):
    handle = client.flows.submit(chord(group(*["m"] * 1200), "callback"))
    while run.once():
        assert handle.progress().total == 1201
    assert (run.ran.count("m"), run.ran.count("callback")) == (1200, 1)
    assert handle.result(0.1) == "callback"


def test_a_wide_fan_out_goes_on_in_the_next_scripts(client, run, store):
    flow = Flow()
    first = flow.job("first")
    flow.group(*["m"] * 1000, after=[first]).then("callback")
    handle = client.flows.submit(flow)
    assert run.once() == ["first"]
    assert store.client.llen("herdsman:{default}:flows:todo") == 750
    run.all()
    assert (run.ran.count("m"), run.ran.count("callback"), handle.state()) == (1000, 1, "completed")
    assert unexplained_keys(store.client) == []


@pytest.mark.parametrize("how", ["bad", "gone"])
@pytest.mark.parametrize(
    ("policy", "child"),
    [("fail", "cancelled"), ("continue", "completed"), ("ignore", "completed"), ("wait", None)],
)
def test_what_becomes_of_a_child_whose_parent_failed(client, run, how, policy, child):
    flow = Flow()
    parent = flow.job(how)
    parent.then("child", if_failed=policy).then("grandchild")
    handle = client.flows.submit(flow)
    run.all()
    if child is None:
        child = "waiting" if how == "bad" else "cancelled"
    assert states(handle)["child"] == states(handle)["grandchild"] == child
    assert handle.state() == ("running" if child == "waiting" else "failed")
    if child == "cancelled":
        error = client.find(handle.ids["child"]).error
        assert error.type == "ParentFailed"
        assert handle.ids[how] in error.message
        with pytest.raises(FlowFailed, match=f"{how}, child, grandchild"):
            handle.result(0.1)


def test_a_child_that_is_cancelled_early_does_not_wait_for_its_other_parents(client, run):
    flow = Flow()
    flow.job("child", after=[flow.job("bad"), flow.job("late", delay=60)])
    handle = client.flows.submit(flow)
    run.all()
    assert states(handle) == {"bad": "dead", "child": "cancelled", "late": "scheduled"}
    assert handle.state() == FlowState.RUNNING


@pytest.mark.parametrize("bad", [True, False])
def test_an_on_failure_job_runs_only_when_something_failed(client, run, bad):
    flow = Flow()
    first, second = flow.job("bad" if bad else "good", name="first"), flow.job("other", name="second")
    rescue = flow.job("rescue", on_failure=[first, second])
    rescue.then("after-rescue")
    handle = client.flows.submit(flow)
    run.all()
    assert ("rescue" in run.ran) is bad
    assert states(handle)["after-rescue"] == ("completed" if bad else "skipped")
    assert handle.state() == ("failed" if bad else "completed")
    if not bad:
        assert client.find(handle.ids["rescue"]).state == JobState.CANCELLED
        assert client.find(handle.ids["rescue"]).error.type == "Skipped"


def test_a_dead_letter_that_is_retried_lets_those_go_that_waited_for_it(client, run, seat):
    flow = Flow()
    flow.job("bad").then("child", if_failed="wait")
    handle = client.flows.submit(flow)
    run.all()
    assert client.dead_letters.retry(handle.ids["bad"])
    [job] = claim(seat).jobs
    seat.complete([Done(seat.lease(job))])
    assert run.once() == ["child"]
    assert handle.state() == FlowState.COMPLETED


@pytest.mark.parametrize("way", ["delete", "prune"])
def test_a_dead_letter_that_is_forgotten_cancels_those_that_waited_for_it(client, run, seat, way, store):
    flow = Flow()
    flow.job("bad").then("child", if_failed="wait").then("grandchild")
    handle = client.flows.submit(flow)
    run.all()
    if way == "delete":
        assert client.dead_letters.delete(handle.ids["bad"])
    else:
        seat.prune(dead_after={"default": -1.0})
    assert states(handle) == {"bad": "dead", "child": "cancelled", "grandchild": "cancelled"}
    assert handle.state() == FlowState.FAILED
    assert unexplained_keys(store.client) == []


def test_a_dead_letter_of_a_flow_that_is_over_opens_it_again_when_it_is_retried(client, run, seat):
    handle = client.flows.submit(chain("a", "bad"))
    run.all()
    assert handle.state() == FlowState.FAILED
    client.dead_letters.retry(handle.ids["bad"])
    assert handle.state() == FlowState.RUNNING
    [job] = claim(seat).jobs
    seat.complete([Done(seat.lease(job))])
    assert handle.state() == FlowState.COMPLETED


def test_a_members_delay_counts_from_when_it_is_let_go(client, run):
    flow = Flow()
    flow.job("a").then("b", delay=60)
    handle = client.flows.submit(flow)
    run.all()
    job = client.find(handle.ids["b"])
    assert (job.state, run.ran) == (JobState.SCHEDULED, ["a"])
    assert job.due_at > client.find(handle.ids["a"]).finished_at + 59


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
        client.run(talk.send(None) if False else next(_rest(handing)))
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
    from engine import QueueFull

    with pytest.raises(QueueFull):
        client.flows.submit(group(*["m"] * 11))
    assert client.flows.list() == []
    client.flows.submit(group(*["m"] * 10))
    assert isinstance(ERROR, JobError)
