"""Flows on the real server: who starts when, what a failure does, what is left behind."""

import pytest

from engine import (
    Flow,
    FlowFailed,
    FlowState,
    JobState,
    chain,
    chord,
    group,
)
from engine.store.claims import Done
from tests.support.flow_run import states
from tests.support.keys import unexplained_keys
from tests.support.seats import claim


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
