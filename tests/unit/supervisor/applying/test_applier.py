"""What is known of applies beside what they do: that is tested with a herd."""

from typing import Any, cast

from supervisor.applying.applier import Applier
from supervisor.applying.apply_job import Stage, Wish


def applier() -> Applier:
    return Applier(cast("Any", None), lambda: None)


def test_a_job_that_only_waits_is_no_moment_for_an_upgrade_either() -> None:
    asked = applier()
    assert not asked.busy
    asked.ask(Wish(asked_by="apply"))
    assert (asked.busy, asked.under_way) == (True, None)


def test_ended_jobs_are_known_after_an_upgrade_and_no_number_comes_twice() -> None:
    before, after = applier(), applier()
    for stage in (Stage.DONE, Stage.FAILED):
        before.ask(Wish(asked_by="apply")).stage = stage
    before.ask(Wish(asked_by="apply")).fail("no good")
    after.restore(before.save())
    told = [after.job(number) for number in (1, 2, 3)]
    assert [(job.number, job.stage, job.error) for job in told if job] == [
        (1, Stage.DONE, ""),
        (2, Stage.FAILED, ""),
        (3, Stage.FAILED, "no good"),
    ]
    assert after.ask(Wish(asked_by="apply")).number == 4
