from pathlib import Path

import pytest

from config import ConfigError, load
from config.marks import read
from config.problems import dotted
from config.programs import Program
from config.rules import broken


def told(text: str) -> list[str]:
    root = read(text, "c").root
    assert isinstance(root, dict)
    return [f"{dotted(path)}: {message}" for path, message in broken(root)]


def test_a_list_means_ready_and_a_mapping_says_what():
    made = Program(name="a", command="ls", depends_on=["db", "store"])
    assert made.depends_on == {"db": "ready", "store": "ready"}
    assert Program(name="a", command="ls", depends_on={"m": "completed", "db": None}).depends_on == {
        "m": "completed",
        "db": "ready",
    }
    assert Program(name="a", command="ls", depends_on=None).depends_on == {}


@pytest.mark.parametrize(
    "text",
    [
        """
        pools: [{name: p, depends_on: {m: completed, store: ready, gateway: started}}]
        programs: [{name: m, restart: never, depends_on: [store]}]
        """,
        "pools: [{name: p}]\nprograms: [{name: a, depends_on: {p: ready, b: ended}}, {name: b, restart: on-failure}]",
        "programs: [{name: gateway, restart: never}, {name: a, depends_on: {gateway: completed}}]",
    ],
)
def test_what_can_come_true_is_accepted(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "programs: [{name: a, depends_on: [mirgate]}, {name: migrate}]",
            "there is no 'mirgate': did you mean migrate?",
        ),
        ("programs: [{name: a, depends_on: {b: completed}}, {name: b}]", "'b' is always restarted, so it never ends"),
        ("pools: [{name: p}]\nprograms: [{name: a, depends_on: {p: ended}}]", "the pool 'p' never ends by itself"),
        ("programs: [{name: a, depends_on: {store: completed}}]", "the store never ends by itself"),
        ("gateway: {enabled: no}\nprograms: [{name: a, depends_on: [gateway]}]", "the gateway is not enabled"),
        ("programs: [{name: a, depends_on: [a]}]", "waits for itself"),
        ("pools: [{name: p, depends_on: [a]}]\nprograms: [{name: a, depends_on: [p]}]", "each other: p -> a -> p"),
    ],
)
def test_what_can_never_come_true_is_refused(text, said):
    assert len(told(text)) == 1
    assert said in told(text)[0]


def test_each_cycle_is_told_once_and_at_its_place(tmp_path: Path):
    file = tmp_path / "c.yaml"
    file.write_text(
        "programs:\n"
        "  - {name: a, command: ls, depends_on: [b]}\n"
        "  - {name: b, command: ls, depends_on: {a: ready, c: ready}}\n"
        "  - {name: c, command: ls, depends_on: [c]}\n"
    )
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert [(problem.mark.line, dotted(problem.path)) for problem in refused.value.problems] == [
        (2, "programs[0].depends_on[0]"),
        (4, "programs[2].depends_on[0]"),
    ]
