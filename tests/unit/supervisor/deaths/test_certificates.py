"""What a death certificate says, and how many are kept."""

import pytest

from scoreboard import Cause, Death, ExitReason, Intent
from supervisor.deaths.certificates import KEPT, Certificate, Certificates, reason
from supervisor.processes.children import Exit


def died(owner: str = "default", name: str = "default.0", at: float = 1.0, cause: str = "oom") -> Certificate:
    return Certificate(owner=owner, name=name, kind="worker", pid=7, at=at, lived_s=1.0, cause=cause, why="", signal=9)


_DRAINED = Death(Cause.DRAINED, 0, None, charged=False)


@pytest.mark.parametrize(
    ("death", "intent", "left", "stopped", "wish", "says"),
    [
        (_DRAINED, Intent.RECYCLE, ExitReason.DRAINED, False, "reload", "reload"),
        (_DRAINED, Intent.RECYCLE, ExitReason.DRAINED, False, "keeper lost", "its keeper was lost"),
        (_DRAINED, Intent.RECYCLE, ExitReason.DRAINED, False, "age", "max_age"),
        (_DRAINED, Intent.RECYCLE, ExitReason.DRAINED, False, "", "told to leave on request"),
        (_DRAINED, Intent.NONE, ExitReason.DRAINED, False, "", "signal that was not sent by us"),
        (_DRAINED, Intent.DRAIN, ExitReason.DRAINED, False, "scale", "scale-down"),
        (_DRAINED, Intent.DRAIN, ExitReason.DRAINED, True, "", "told to stop"),
        (_DRAINED, Intent.NONE, ExitReason.ORPHANED, False, "", "supervisor was gone"),
        (Death(Cause.RECYCLED, 0, None, charged=False), Intent.NONE, ExitReason.RECYCLE_JOBS, False, "", "max_jobs"),
        (
            Death(Cause.RECYCLED, 0, None, charged=False),
            Intent.NONE,
            ExitReason.RECYCLE_MEMORY,
            False,
            "",
            "soft limit",
        ),
        (Death(Cause.MEMORY_LIMIT, None, 9, charged=True), Intent.NONE, ExitReason.NONE, False, "", "hard limit"),
        (Death(Cause.OOM, None, 9, charged=True), Intent.NONE, ExitReason.NONE, False, "", "out of memory"),
        (Death(Cause.SIGNAL, None, 11, charged=True), Intent.NONE, ExitReason.NONE, False, "", "SIGSEGV"),
        (Death(Cause.EXIT, 3, None, charged=True), Intent.NONE, ExitReason.NONE, False, "", "status 3"),
    ],
)
def test_the_reason_tells_apart_what_ends_alike(
    death: Death, intent: Intent, left: ExitReason, stopped: bool, wish: str, says: str
) -> None:
    assert says in reason(death, intent, left, stopped=stopped, wish=wish)


def test_the_last_of_all_owners_are_told_the_newest_first() -> None:
    kept = Certificates()
    for turn, owner in enumerate(("a", "b", "a", "c")):
        kept.write(died(owner=owner, at=float(turn)))
    assert [(one.owner, one.at) for one in kept.last(3)] == [("c", 3.0), ("a", 2.0), ("b", 1.0)]


def test_the_newest_of_each_owner_are_kept_and_all_are_counted() -> None:
    kept = Certificates()
    for turn in range(KEPT + 5):
        kept.write(died(at=float(turn)))
    kept.write(died(owner="other", name="other.0"))
    assert [one.at for one in kept.of("default")] == [float(turn) for turn in range(5, KEPT + 5)]
    assert kept.of("default.0") == kept.of("default")
    assert kept.of("nobody") == []
    assert kept.counts["default", "oom"] == KEPT + 5


def test_each_is_passed_on_once() -> None:
    kept, passed = Certificates(), list[Certificate]()
    kept.pass_on = passed.append
    kept.process_ended("codestats.1", "service", pid=9, lived=2.0, end=Exit(signal=11, core=True))
    kept.process_ended("gateway", "service", pid=8, lived=2.0, end=Exit(signal=9), asked=True)
    kept.process_ended("store", "service", pid=8, lived=2.0, end=Exit(code=0), asked=True)
    kept.process_ended("janitor", "service", pid=8, lived=2.0, end=Exit())
    assert [(one.owner, one.cause) for one in passed] == [
        ("codestats", "signal"), ("gateway", "drain_deadline"), ("store", "drained"), ("janitor", "lost_host"),
    ]  # fmt: skip
    assert (passed[0].code, passed[0].signal, passed[0].core) == (None, 11, True)
    assert kept.counts.total() == 0  # these are no workers
