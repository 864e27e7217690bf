"""Flows as plain data: what is refused before anything is sent, and the builders."""

import pytest

from engine import Flow, FlowError, NewJob, chain, chord, group
from engine.flows.flow import MOST


def edges(flow):
    return {member.name: member.parents for member in flow}


def test_members_come_after_those_they_wait_for():
    flow = Flow()
    flow.job("c", after="b")
    flow.job("b", after=["a"])
    flow.job("a")
    assert [member.name for member in flow.ordered()] == ["a", "b", "c"]


def test_a_circle_is_refused():
    flow = Flow()
    flow.job("a", after=["c"])
    flow.job("b", after=["a"])
    flow.job("c", after=["b"])
    flow.job("d")
    with pytest.raises(FlowError, match="in a circle: a, b, c"):
        flow.ordered()


def test_a_job_that_waits_for_itself_is_refused():
    flow = Flow()
    flow.job("a", after=["a"])
    with pytest.raises(FlowError, match="circle"):
        flow.ordered()


def test_a_name_that_is_no_members_is_refused():
    flow = Flow()
    flow.job("a", after=["x"])
    with pytest.raises(FlowError, match="'x', which is no member"):
        flow.ordered()


def test_a_member_of_another_flow_is_no_member():
    other = Flow().job("theirs")
    flow = Flow()
    with pytest.raises(FlowError, match="another flow"):
        flow.job("mine", after=[other])


def test_no_members_is_refused():
    with pytest.raises(FlowError, match="no members"):
        Flow().ordered()


def test_too_many_members_are_refused():
    flow = Flow()
    flow.group(*["m"] * MOST)
    with pytest.raises(FlowError, match="at most 10000"):
        flow.job("one more")


@pytest.mark.parametrize(
    ("say", "why"),
    [
        (lambda f: f.job("b", after=["a"], if_failed="maybe"), "no policy 'maybe'"),
        (lambda f: f.job("b", after={"a": "perhaps"}), "no policy 'perhaps'"),
        (lambda f: f.job("b", name="a"), "two members are named 'a'"),
        (lambda f: f.job("b", name="x\ny"), "cannot be a member's name"),
        (lambda f: f.job("b", {"n": 1}, after=["a"], pass_results=True), "in place of data"),
        (lambda f: f.job("b", pass_results=True), "waits for nothing"),
        (lambda f: f.job("b", after=["a"], on_failure=["a"]), "in after and in on_failure"),
        (lambda f: f.chain(), "no steps"),
        (lambda f: f.group().then("x"), "the group is empty"),
        (lambda _: Flow(keep=0), "keep is more than zero"),
        (lambda _: Flow(""), "a flow's name"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(say, why):
    flow = Flow()
    flow.job("a")
    with pytest.raises(FlowError, match=why):
        say(flow)


def test_jobs_of_one_type_are_told_apart_by_number():
    flow = group("m", "m", "m")
    assert [member.name for member in flow] == ["m", "m-2", "m-3"]


def test_a_chain_passes_results_to_steps_without_data():
    flow = chain("a", ("b", {"x": 1}), NewJob("c", retries=7))
    assert edges(flow) == {"a": {}, "b": {"a": "fail"}, "c": {"b": "fail"}}
    assert [member.pass_results for member in flow] == [False, False, True]
    assert [member.job.retries for member in flow] == [None, None, 7]


def test_a_chord_waits_for_all_last_members():
    flow = chord(group("a", "b"), "sum", if_failed="continue")
    assert edges(flow)["sum"] == {"a": "continue", "b": "continue"}
    assert [member.name for member in flow.sinks()] == ["sum"]


def test_a_job_that_only_runs_on_failure_is_no_last_member_and_makes_none_of_others():
    flow = Flow()
    a = flow.job("a")
    flow.job("mail", on_failure=[a])
    assert [member.name for member in flow.sinks()] == ["a"]


def test_chains_and_groups_nest():
    flow = Flow()
    first = flow.chain("a", "b")
    flow.group("c", "d", after=first).then("e")
    assert edges(flow)["e"] == {"c": "fail", "d": "fail"}
    assert edges(flow)["c"] == {"b": "fail"}


def test_a_group_of_thousands_is_named_quickly():
    assert len({member.name for member in group(*["m"] * 9000)}) == 9000
