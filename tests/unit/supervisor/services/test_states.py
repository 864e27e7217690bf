import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.services.states import LIVE, TRANSITIONS, Event, IllegalMoveError, State, after

ROOT = Path(__file__).resolve().parents[4]


@given(st.lists(st.sampled_from(list(Event)), max_size=60))
def test_no_walk_leaves_the_table_or_gets_stuck(events: list[Event]) -> None:
    state = State.STOPPED
    for event in events:
        if (state, event) in TRANSITIONS:
            state = after(state, event)
            assert any(origin is state for origin, _ in TRANSITIONS)
        else:
            with pytest.raises(IllegalMoveError):
                after(state, event)


@given(st.lists(st.sampled_from(list(Event)), max_size=60))
def test_a_process_begins_only_with_a_launch_and_ends_only_with_its_death(events: list[Event]) -> None:
    state = State.STOPPED
    for event in events:
        if (state, event) not in TRANSITIONS:
            continue
        before, state = state, after(state, event)
        if before not in LIVE and state in LIVE:
            assert event is Event.LAUNCH
        if before in LIVE and state not in LIVE:
            assert event in (Event.CRASHED, Event.ENDED)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_left_towards_stopped(state: State) -> None:
    seen, frontier = {state}, [state]
    while frontier:
        here = frontier.pop()
        for (origin, _), target in TRANSITIONS.items():
            if origin is here and target not in seen:
                seen.add(target)
                frontier.append(target)
    assert State.STOPPED in seen


def test_the_table_in_the_documentation_is_the_table() -> None:
    text = (ROOT / "docs/states.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]+) \| ([a-z]+) \| ([A-Z]+) \|", text, re.MULTILINE)
    documented = {(State(origin), Event(event)): State(target) for origin, event, target in rows}
    assert documented == dict(TRANSITIONS)
