from dataclasses import dataclass

import pytest

from engine.entrance.guards import guard
from engine.jobs.new_job import NewJob
from engine.jobs.unique import Unique, as_unique, digest, wire


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (None, None),
        (False, None),
        (True, Unique()),
        ("keep_last", Unique("keep_last")),
        ({"by": "user"}, Unique(by=("user",))),
        ({"mode": "debounce", "period": "5s", "max_wait": 60}, Unique("debounce", period="5s", max_wait=60)),
    ],
)
def test_a_policy_is_said_in_many_ways(said, meant):
    assert as_unique(said) == meant


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("often", "no mode"),
        ({"mode": "throttle"}, "needs a period"),
        ({"period": 5}, "pending has no period"),
        ({"mode": "throttle", "period": "soon"}, "no duration"),
        ({"mode": "throttle", "period": 0}, "more than zero"),
        ({"mode": "throttle", "period": 5, "max_wait": 9}, "throttle has no max_wait"),
        ({"mode": "debounce", "period": 5, "max_wait": 1}, "shorter than the period"),
        ({"mode": "keep_last", "on_conflict": "raise"}, "says itself"),
        ({"by": ["a"], "key": "b"}, "by or key"),
        ({"key": ""}, "1 to 500"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(said, part):
    with pytest.raises(ValueError, match=part):
        as_unique(said)


def test_equal_payloads_have_equal_digests_however_they_are_written():
    @dataclass
    class Point:
        y: int
        x: int

    assert digest({"x": 1, "y": [2, {"b": 1, "a": 2}]}) == digest({"y": [2, {"a": 2, "b": 1}], "x": 1})
    assert digest(Point(1, 2)) == digest({"x": 2, "y": 1})
    assert digest({1: "a", "b": 2}) != digest({1: "a", "b": 3})
    assert digest("a") != digest(b"a")


def test_modes_keys_and_payloads_never_meet_in_one_lock():
    policies = [Unique(), Unique("pending_or_running"), Unique(key="1"), Unique(by=("a",))]
    assert len({wire(policy, "t", {"a": 1})["hash"] for policy in policies}) == len(policies)


def test_a_debounced_job_has_no_delay_of_its_own():
    with pytest.raises(ValueError, match="debounce makes the delay"):
        guard(NewJob("t", unique={"mode": "debounce", "period": 5}, delay=1))
