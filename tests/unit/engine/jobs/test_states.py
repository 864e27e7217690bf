"""The jobs' states: the table in the code and the page in docs/ say the same."""

import re

from engine.jobs.states import FINISHED, TRANSITIONS, JobState
from tests.support.architecture import ROOT


def test_the_page_and_the_table_are_equal():
    page = (ROOT / "docs" / "states.md").read_text().partition("\n## Jobs\n")[2]
    rows = re.findall(r"^\| (\w+) \| (\w+) \| ([\w, ]+) \|", page, re.MULTILINE)
    written = {(source, target): tuple(scripts.split(", ")) for source, target, scripts in rows if source != "from"}
    assert written == {
        (str(source or "new"), str(target or "gone")): scripts for (source, target), scripts in TRANSITIONS.items()
    }


def test_nothing_leaves_a_finished_state_but_dead_letters_by_hand():
    left = {source: target for source, target in TRANSITIONS if source in FINISHED and target}
    assert left == {JobState.DEAD: JobState.PENDING}
    assert TRANSITIONS[JobState.DEAD, JobState.PENDING] == ("requeue",)


def test_every_state_can_be_reached():
    assert {target for _, target in TRANSITIONS} == {*JobState, None}
