"""Which dead letters belong together."""

import pytest

from engine.dead.fingerprint import fingerprint, normalised
from engine.jobs.job import JobError


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("timed out after 30 s", "timed out after # s"),
        ("timed out after 30.25 s", "timed out after # s"),
        ("connect to 10.0.0.7:8080 refused", "connect to # refused"),
        ("no user 'anna' in \"shop\"", "no user * in *"),
        ("key `a b` is missing", "key * is missing"),
        ("it isn't there and can't be", "it isn't there and can't be"),
        ("order 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone", "order * is gone"),
        ("object at 0x7f3a2c is dead", "object at * is dead"),
        ("commit 3f2504e04f89 is missing", "commit * is missing"),
        ("the decade added a facade", "the decade added a facade"),
        ("first line\nsecond 2", "first line"),
        ("\n\n  spaces \t and  tabs", "spaces and tabs"),
        ("", ""),
        ("x" * 5000, "x" * 300),
    ],
)
def test_what_differs_from_job_to_job_is_left_out(message, said):
    assert normalised(message) == said


def error(message="no", type="ValueError", cause="exception"):
    return JobError(type=type, message=message, cause=cause)


def test_the_same_error_of_two_jobs_has_one_fingerprint():
    one, two = error("no user 17 named 'anna'"), error("no user 18 named 'ben'")
    assert fingerprint("q", "t", one) == fingerprint("q", "t", two)


@pytest.mark.parametrize(
    "other",
    [
        ("p", "t", error()),
        ("q", "u", error()),
        ("q", "t", error(type="KeyError")),
        ("q", "t", error("yes")),
        ("q", "t", None),
    ],
)
def test_queue_type_error_and_message_tell_groups_apart(other):
    assert fingerprint(*other) != fingerprint("q", "t", error())


def test_crashes_belong_together_by_their_cause_whatever_they_say():
    def crash(times, cause):
        return error(f"its process died {times} time(s): {cause}", "Crashed", cause)

    assert fingerprint("q", "t", crash(3, "signal 9")) == fingerprint("q", "t", crash(5, "signal 9"))
    assert fingerprint("q", "t", crash(3, "signal 9")) != fingerprint("q", "t", crash(3, "signal 11"))


def test_a_fingerprint_is_the_same_in_every_process_and_release():
    assert fingerprint("default", "mail", error("no user 17")) == "8e4254438520"
    assert len(fingerprint("default", "mail", None)) == 12
    assert fingerprint("q", "t", error("\ud800")) != fingerprint("q", "t", error("x"))


def test_a_hostile_message_costs_no_time():
    for hostile in ("'" * 100_000, "a1-" * 100_000, "1." * 100_000, '"' + "x" * 100_000, "0" * 100_000):
        assert len(normalised(hostile)) <= 300
