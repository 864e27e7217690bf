import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.dependencies import cycle
from supervisor.services.dependencies import Gate, Sight, dependents, lacking, leaving_order

NAMES = st.sampled_from("abcdefgh")
GRAPHS = st.dictionaries(NAMES, st.dictionaries(NAMES, st.just("ready"), max_size=4))


@pytest.mark.parametrize(
    ("condition", "sight", "said"),
    [
        ("started", Sight(name="db.0", started=True), ""),
        ("ready", Sight(name="db.0", started=True), "db.0 to be ready"),
        ("ready", Sight(name="db.0", started=True, ready=True), ""),
        ("ready", Sight(name="db.0", how="is stopped"), "db.0, which is stopped"),
        ("completed", Sight(name="m.0", started=True), "m.0 to be completed"),
        ("completed", Sight(name="m.0", ended=True, clean=True, how="ended with exit 0"), ""),
        ("completed", Sight(name="m.0", ended=True, how="ended with exit 1"), "m.0, which ended with exit 1"),
        ("ended", Sight(name="m.0", ended=True, how="ended with exit 1"), ""),
    ],
)
def test_a_condition_is_true_or_what_is_lacking_is_said(condition: str, sight: Sight, said: str) -> None:
    assert lacking(condition, [sight]) == said


def test_a_gate_opens_when_all_instances_of_all_that_it_needs_are_there() -> None:
    seen = {"db": [Sight(name="db.0", ready=True), Sight(name="db.1")], "cache": [Sight(name="cache.0", started=True)]}
    gate = Gate({"cache": "started", "db": "ready"}, seen.__getitem__)
    assert gate.is_shut()
    assert gate.reason == "db.1 to be ready"
    seen["db"][1] = Sight(name="db.1", ready=True)
    assert not gate.never_passed()
    assert gate.reason == ""
    seen["db"][1] = Sight(name="db.1")
    assert not gate.never_passed(), "it has passed once"
    assert gate.is_shut()
    assert not Gate().is_shut()


def test_those_that_need_others_leave_before_them() -> None:
    needs = {"web": {"api": "ready"}, "api": {"db": "ready", "migrate": "completed"}, "migrate": {"db": "ready"}}
    assert leaving_order(["db", "cron", "migrate", "api", "web"], needs) == [
        ["cron", "web"], ["api"], ["migrate"], ["db"],
    ]  # fmt: skip
    assert dependents("db", needs) == ["api", "migrate"]


@given(GRAPHS)
def test_everybody_leaves_once_and_nobody_before_those_that_need_it(graph: dict[str, dict[str, str]]) -> None:
    order = leaving_order("abcdefgh", graph)
    assert sorted(name for group in order for name in group) == list("abcdefgh")
    if not cycle(graph):
        place = {name: number for number, group in enumerate(order) for name in group}
        assert all(place[name] < place[other] for name, needs in graph.items() for other in needs)


@given(GRAPHS)
def test_a_cycle_is_found_when_and_only_when_there_is_one(graph: dict[str, dict[str, str]]) -> None:
    ring = cycle(graph)
    if ring:
        assert all(after in graph[name] for name, after in zip(ring, [*ring[1:], ring[0]], strict=True))
        return
    # Without one, taking away again and again those that need nobody who is left takes away everybody.
    left = set(graph)
    while free := {name for name in left if not left & set(graph[name])}:
        left -= free
    assert not left
