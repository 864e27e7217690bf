"""Who is charged for a death: every combination, against rules written another way round."""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import pytest

from scoreboard import Cause, ExitReason, Intent, decide

SIGNALS = [1, 2, 6, 7, 9, 11, 15]
CODES = [0, 1, 2, 3, 137, 255]
KILLS = [Cause.NONE, Cause.HARD_TIMEOUT, Cause.MEMORY_LIMIT, Cause.CANCELLED]
OUR_KILLS = {
    Intent.KILL_AFTER_DRAIN: Cause.DRAIN_DEADLINE,
    Intent.KILL_NOW: Cause.KILLED_BY_OPERATOR,
    Intent.KILL_MEMORY: Cause.MEMORY_LIMIT,
}
HARMLESS = {Cause.DRAINED, Cause.RECYCLED, Cause.DRAIN_DEADLINE, Cause.KILLED_BY_OPERATOR, Cause.CANCELLED}
ENDS = [(None, signal) for signal in SIGNALS] + [(code, None) for code in CODES] + [(None, None)]
ALL = list(product(ENDS, Intent, KILLS, (False, True), ExitReason))


class Case(NamedTuple):
    code: int | None
    signal: int | None
    intent: Intent
    kill: Cause
    oom: bool
    reason: ExitReason


def wanted(case: Case) -> Cause:
    return Cause.RECYCLED if case.intent is Intent.RECYCLE else Cause.DRAINED


# The first that fits gives the cause.
RULES: list[tuple[Callable[[Case], bool], Callable[[Case], Cause]]] = [
    (lambda case: case.code is None and case.signal is None, lambda _: Cause.LOST_HOST),
    (lambda case: case.code not in (None, 0), lambda _: Cause.EXIT),
    (lambda case: case.code == 0 and "RECYCLE" in case.reason.name, lambda _: Cause.RECYCLED),
    (lambda case: case.code == 0 and case.reason is ExitReason.DRAINED, wanted),
    (lambda case: case.code == 0 and case.reason is not ExitReason.NONE, lambda _: Cause.DRAINED),
    (lambda case: case.code == 0 and case.intent is Intent.NONE, lambda _: Cause.EXIT),
    (lambda case: case.code == 0, wanted),
    (lambda case: case.signal in (2, 15) and case.intent is not Intent.NONE, wanted),
    (lambda case: case.signal != 9, lambda _: Cause.SIGNAL),
    (lambda case: case.kill is not Cause.NONE, lambda case: case.kill),
    (lambda case: case.intent in OUR_KILLS, lambda case: OUR_KILLS[case.intent]),
    (lambda case: case.oom, lambda _: Cause.OOM),
    (lambda _: True, lambda _: Cause.SIGNAL),
]


def test_every_combination_has_the_cause_and_the_charge_it_should():
    for (code, signal), intent, kill, oom, reason in ALL:
        case = Case(code, signal, intent, kill, oom, reason)
        death = decide(code, signal, intent, kill, oom=oom, exit_reason=reason)
        cause = next(give(case) for fits, give in RULES if fits(case))
        assert death == (cause, code, signal, cause not in HARMLESS), case


def test_every_cause_but_none_can_be_reached():
    reached = {decide(*end, intent, kill, oom=oom, exit_reason=why).cause for end, intent, kill, oom, why in ALL}
    # BOOT_FAILED is the supervisor's: no worker came of a fork it asked for.
    assert reached == set(Cause) - {Cause.NONE, Cause.BOOT_FAILED}


@pytest.mark.parametrize(
    ("how", "cause", "charged", "text"),
    [
        ({"code": 3}, Cause.EXIT, True, "exit 3"),  # the status of a failed boot, but a worker has booted
        ({"code": 0}, Cause.EXIT, True, "exit 0"),  # a job called os._exit(0)
        ({"code": 0, "exit_reason": ExitReason.RECYCLE_MEMORY}, Cause.RECYCLED, False, "recycled"),
        ({"code": 0, "intent": Intent.DRAIN}, Cause.DRAINED, False, "drained"),
        ({"code": 7, "intent": Intent.DRAIN}, Cause.EXIT, True, "exit 7"),
        ({"signal": 11}, Cause.SIGNAL, True, "signal 11"),
        ({"signal": 11, "intent": Intent.KILL_NOW}, Cause.SIGNAL, True, "signal 11"),
        ({"signal": 9}, Cause.SIGNAL, True, "signal 9"),
        ({"signal": 9, "oom": True}, Cause.OOM, True, "oom"),
        ({"signal": 9, "oom": True, "intent": Intent.KILL_NOW}, Cause.KILLED_BY_OPERATOR, False, "killed by operator"),
        ({"signal": 9, "intent": Intent.KILL_AFTER_DRAIN}, Cause.DRAIN_DEADLINE, False, "drain deadline"),
        ({"signal": 9, "intent": Intent.KILL_MEMORY}, Cause.MEMORY_LIMIT, True, "memory limit"),
        ({"signal": 9, "intent": Intent.DRAIN}, Cause.SIGNAL, True, "signal 9"),
        ({"signal": 9, "kill_cause": Cause.HARD_TIMEOUT}, Cause.HARD_TIMEOUT, True, "hard timeout"),
        ({"signal": 11, "kill_cause": Cause.HARD_TIMEOUT}, Cause.SIGNAL, True, "signal 11"),
        ({}, Cause.LOST_HOST, True, "lost host"),
    ],
)
def test_deaths_are_named_and_charged_as_people_would(how, cause, charged, text):
    nothing = {"code": None, "signal": None, "intent": Intent.NONE, "kill_cause": Cause.NONE}
    death = decide(**{**nothing, **how})
    assert (death.cause, death.charged, death.text) == (cause, charged, text)
