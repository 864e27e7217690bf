"""Flows with real workers of both kinds: what a member is given, and what it adds."""

import pytest

from engine import Flow, chain, chord, group

pytestmark = pytest.mark.process
kinds = pytest.mark.parametrize("concurrency", [1, 4])


@pytest.fixture
def begin(start):
    return lambda **keys: start(
        tasks=["hm_tasks", "hm_flows"], policies={"default": {"backoff": {"base": "10ms"}}}, **keys
    )


@kinds
def test_each_step_of_a_chain_is_given_the_result_of_the_one_before(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    assert pool.client.flows.submit(chain("one", "double", "double")).result(10) == 4


@kinds
def test_a_chords_callback_is_given_all_results_in_their_order(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    flow = chord(group(*[("double", {"value": n}) for n in range(150)]), "add-up")
    assert pool.client.flows.submit(flow).result(10) == 150 * 149


@kinds
def test_a_task_sees_what_became_of_those_it_waited_for(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    flow = Flow()
    first, bad, hidden = flow.job("one"), flow.job("breaks"), flow.job("breaks", name="hidden")
    flow.job("kin", after={first: "fail", bad: "continue", hidden: "ignore"})
    assert pool.client.flows.submit(flow).result(10) == {"one": 1, "breaks": "no"}


@kinds
def test_who_waits_for_a_job_waits_for_the_children_it_adds_even_when_it_runs_twice(
    begin, sweeper, concurrency
) -> None:
    pool = begin(concurrency=concurrency)
    handle = pool.client.flows.submit(chain(("split", {"count": 5}), "add-up"))
    assert handle.result(20) == 100 + 2 * (0 + 1 + 2 + 3 + 4)
    assert handle.progress().states == {"completed": 7}


@kinds
def test_an_async_task_adds_children_too_and_a_job_without_a_flow_begins_one(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    child = pool.run("split-async")
    assert pool.client.job(child).result(10) == 1
    assert [member.name for member in pool.client.flows.get(pool.client.find(child).flow).members()] == [
        "split-async",
        "split-async/only",
    ]
