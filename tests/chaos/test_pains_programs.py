"""Pains of other supervisors that programs must not have here. The numbers are those of docs/pm2.md."""

import math
import signal
from dataclasses import replace
from itertools import pairwise

import pytest

from config.programs import Program
from supervisor.processes.children import Exit
from supervisor.services.programs import rule_of
from supervisor.services.restart import History, Life, Policy, after_crash
from tests.support.processes import alive, eventually
from tests.support.programs import WITHIN, MakePrograms

pytestmark = pytest.mark.process

HOUR = 3600.0


def program(**keys: object) -> Program:
    return Program(name="it", command="run", **keys)  # type: ignore[arg-type]  # text, as a file has it


def die_at_once(policy: Policy, times: int) -> list[tuple[float, bool]]:
    """When each start is due, and whether the budget was spent; every life is a moment long."""
    history, now, found = History(), 0.0, []
    for _ in range(times):
        verdict = after_crash(history, policy, Life(ended=now, lived=0.01), 0.5)
        history = verdict.history
        now += verdict.delay + 0.01
        found.append((now, verdict.over_budget))
    return found


def test_pain_01_nothing_is_killed_in_the_middle_of_leaving_by_a_short_default() -> None:
    assert rule_of(program()).stop_timeout == 10.0
    assert rule_of(program(stop_timeout="10m")).stop_timeout == 600.0


def test_pain_13_unasked_it_never_gives_up_and_never_spins() -> None:
    rule = rule_of(program())
    assert not rule.gives_up
    starts = die_at_once(rule.policy, 1000)
    pauses = [after - before for (before, _), (after, _) in pairwise(starts)]
    assert max(pauses) <= rule.policy.cap + 0.02
    assert min(pauses[20:]) >= rule.policy.cap * 0.8


def test_pain_13_asked_to_it_does_give_up_whatever_its_delays() -> None:
    # Elsewhere the growing delays outlast the window in which the crashes are counted, and it loops for ever.
    for backoff in ({}, {"base": "10ms", "max": "20ms"}, {"base": "1h", "max": "10h"}):
        rule = rule_of(program(max_restarts="16", backoff=backoff))
        assert rule.gives_up
        assert [over for _, over in die_at_once(rule.policy, 17)] == [False] * 16 + [True]


def test_pain_13_a_rare_crash_is_never_one_too_many() -> None:
    # Elsewhere crashes of months add up, or three bad starts in a row are the end of it.
    policy = rule_of(program(max_restarts="3")).policy
    history = History()
    for number in range(1000):
        verdict = after_crash(history, policy, Life(ended=number * HOUR, lived=HOUR), 0.5)
        history = verdict.history
        assert not verdict.over_budget
    window = replace(policy, window=60.0)
    assert not any(over for _, over in die_at_once(replace(window, base=HOUR, cap=HOUR), 100))


def test_pain_13_a_signal_is_never_taken_for_a_good_end() -> None:
    rule = rule_of(program(restart="on-failure"))
    assert Exit(code=0) in rule.success
    assert Exit(signal=9) not in rule.success
    assert math.isinf(rule_of(program(max_restarts="1")).policy.window)


def test_pain_01_a_program_that_takes_its_time_to_leave_is_not_killed(programs: MakePrograms) -> None:
    # Elsewhere a default of 1.6 s kills it in the middle of its work.
    script = "trap 'sleep 2.5; echo DONE; exit 0' TERM; echo READY; while :; do sleep 0.05; done"
    herd = programs({"name": "slow", "command": ["sh", "-c", script]})
    herd.said("| READY")
    herd.ask("stop", name="slow")
    assert herd.reaches("slow.0", "STOPPED")["last_end"] == {"code": 0, "signal": None}
    herd.said("slow.0 | DONE")


FAMILY = """
trap '' TERM
(trap '' TERM; echo $$ > /dev/null; exec sleep 1000) & echo $! > {name}.member
setsid sleep 1000 & echo $! > {name}.daemon
echo $$ > {name}.leader
wait; wait; wait; sleep 1000
"""
# Its members need a moment after TERM; the leader leaves at once.
ASKED = """
sh -c 'trap "sleep 0.5; touch asked.done; exit 0" TERM; touch asked.ready; while :; do sleep 0.05; done' &
echo $! > asked.member
echo $$ > asked.leader
wait
"""


def test_pain_09_stop_kills_what_the_leader_leaves_and_is_complete_when_all_are_gone(programs: MakePrograms) -> None:
    ints = "sh -c 'trap \"echo GOT INT; exit 0\" INT; while :; do sleep 0.05; done'"
    herd = programs(
        {"name": "deaf", "command": "sh family.sh", "stop_timeout": "300ms", "cwd": "."},
        {"name": "asked", "command": "sh asked.sh", "stop_group": True, "cwd": "."},
        {"name": "ints", "command": ints, "stop_signal": "INT"},
        files={"family.sh": FAMILY.format(name="deaf"), "asked.sh": ASKED},
    )
    deaf = [herd.pid_in(f"deaf.{who}") for who in ("leader", "member", "daemon")]
    asked = [herd.pid_in(f"asked.{who}") for who in ("leader", "member")]
    eventually((herd.folder / "asked.ready").exists, WITHIN)
    assert all(map(alive, deaf + asked))
    for name, pids in (("deaf", deaf), ("asked", asked)):
        herd.ask("stop", name=name)
        herd.reaches(f"{name}.0", "STOPPED")
        assert [pid for pid in pids if alive(pid)] == [], name  # at once, not soon
    assert herd.seen()["deaf.0"]["last_end"] == {"code": None, "signal": signal.SIGKILL}
    assert (herd.folder / "asked.done").exists()
    herd.reaches("ints.0", "RUNNING")
    herd.ask("stop", name="ints")
    assert herd.reaches("ints.0", "STOPPED")["last_end"] == {"code": 0, "signal": None}
    herd.said("ints.0 | GOT INT")


def test_pain_09_the_daemon_of_a_crashed_program_is_gone_before_the_next_start(programs: MakePrograms) -> None:
    script = "cat daemon >> daemons 2>/dev/null; setsid sleep 1000 & echo $! > daemon; exit 1"
    herd = programs(
        {"name": "leaky", "command": ["sh", "-c", script], "cwd": ".", "backoff": {"base": "10ms", "max": "50ms"}}
    )
    daemons = herd.folder / "daemons"
    eventually(lambda: daemons.exists() and len(daemons.read_text().split()) >= 4, WITHIN, herd.tail)
    herd.ask("stop", name="leaky")
    herd.reaches("leaky.0", "STOPPED")
    assert [pid for pid in map(int, daemons.read_text().split()) if alive(pid)] == []
