"""Random walks over all verbs, with kills, lapses, duplicate deliveries and lost replies, and everything looked at
after every step: the invariants, and each job where the model says (tests/walks).

A walk is the same each time. ``HERDSMAN_WALK_STEPS=200000`` makes it longer, ``HERDSMAN_WALK_SEED=7`` (or ``random``)
another one. ``HERDSMAN_WALK_SHRINK=1`` looks for the shortest walk that fails.
"""

import math
import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.store import scripts
from tests.walks.asking import Asking
from tests.walks.auditing import Auditing
from tests.walks.burying import Burying
from tests.walks.charting import Charting
from tests.walks.firing import Firing
from tests.walks.flowing import Flowing
from tests.walks.gates import Gates
from tests.walks.haunting import Haunting
from tests.walks.hooks import Hooks
from tests.walks.keeping import Keeping
from tests.walks.lanes import Lanes
from tests.walks.producing import Producing
from tests.walks.sky import KINDS
from tests.walks.unique import Unique
from tests.walks.working import Working

FULL = 20_000
STEPS = int(os.environ.get("HERDSMAN_WALK_STEPS", FULL))  # on each server
PARTS = 4  # tests that share them, so that they run in parallel
_ASKED = os.environ.get("HERDSMAN_WALK_SEED", "1")
SEED = random.getrandbits(20) if _ASKED == "random" else int(_ASKED)
SHRINK = "HERDSMAN_WALK_SHRINK" in os.environ  # it takes minutes
LENGTH = 60  # of one walk


class Herd(
    Producing,
    Working,
    Lanes,
    Keeping,
    Burying,
    Firing,
    Haunting,
    Asking,
    Hooks,
    Gates,
    Unique,
    Flowing,
    Charting,
    Auditing,
):
    """All themes at once."""


def walk(store, part):
    """Walks until the part has its share of steps; what was done, called, and what befell the calls."""
    done = {"store": store, "tally": Counter(), "calls": Counter(), "befell": Counter(), "met": Counter()}
    start = SEED * 1000 + part
    turn = 0
    while (left := math.ceil(STEPS / PARTS) - done["tally"].total()) > 0:
        machine = seed(start + 10**6 * turn)(type("Herd", (Herd,), done))
        turn += 1
        try:
            run_state_machine_as_test(machine, settings=_settings(math.ceil(left / LENGTH)))
        except BaseException as error:
            error.add_note(f"to walk it again: HERDSMAN_WALK_SEED={SEED}, part {part}; it was turn {turn}")
            raise
    return done


def _settings(walks):
    return settings(
        max_examples=walks,
        stateful_step_count=LENGTH,
        phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        report_multiple_bugs=False,
    )


@pytest.mark.timeout(max(120, STEPS / 100))
@pytest.mark.parametrize("part", range(PARTS))
def test_random_walks_over_all_verbs_keep_every_guarantee(store, part):
    done = walk(store, part)
    print(f"{done['tally'].total()} steps: {dict(done['tally'])}; calls: {dict(done['calls'])}; {dict(done['befell'])}")
    assert done["tally"].total() * PARTS >= STEPS
    assert set(done["befell"]) == set(KINDS)
    assert {b"ring", b"held", b"blocked", b"parked"} <= set(done["met"]) or STEPS < FULL
    missing = set(scripts.names()) - set(done["calls"])
    assert not missing or STEPS < FULL, f"no walk ever called {missing}: give each a rule in tests/walks"
