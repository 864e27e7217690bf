import pytest

from config.environment import expand, override
from config.marks import Document, read

TOP_LEVEL = ("data_dir", "pools", "queues", "gateway")


def expanded(text: str, **environ: str) -> Document:
    document = read(text, "c")
    expand(document, environ)
    return document


def overridden(text: str, **environ: str) -> Document:
    document = read(text, "c")
    override(document, environ, TOP_LEVEL)
    expand(document, environ)
    return document


def told(document: Document) -> list[str]:
    return [str(problem) for problem in document.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "x"),
        ("pre${A}${A}post", "prexxpost"),
        ("${A:-other}", "x"),
        ("${NONE:-other}", "other"),
        ("${EMPTY:-other}", "other"),
        ("${EMPTY}", ""),
        ("${NONE:-}", ""),
        ("${NONE:-a:-b}", "a:-b"),
        ("$${A}", "${A}"),
        ("$$$$", "$$"),
        ("$A and $(A)", "$A and $(A)"),
    ],
)
def test_references_are_filled(text, value):
    document = expanded(f"a: ['{text}']", A="x", EMPTY="")
    assert document.problems == []
    assert document.root == {"a": [value]}


@pytest.mark.parametrize("text", ["${}", "${1A}", "${A", "${A-b}", "${A:-${B}}", "${A B}"])
def test_a_malformed_reference_is_a_problem_at_its_place(text):
    (line,) = told(expanded(f"a: '{text}'", A="x", B="y"))
    assert line.startswith("c:1:4: a: '${")
    assert line.endswith("(write $$ for a literal $)")


def test_what_a_variable_contains_is_not_filled_again():
    assert expanded("a: ${A}", A="${B}", B="x").root == {"a": "${B}"}


def test_a_missing_variable_is_a_problem_and_the_others_are_filled():
    document = expanded("a: ${A}\nb: ${B}", A="x")
    assert document.root == {"a": "x", "b": "${B}"}
    assert told(document) == ["c:2:4: b: the environment has no B (set it, or write ${B:-default})"]


def test_an_override_sets_a_key_and_takes_its_place():
    document = overridden("pools: [{name: a, instances: 1}]", HERDSMAN_POOLS__0__INSTANCES="8")
    assert document.root == {"pools": [{"name": "a", "instances": "8"}]}
    assert str(document.nearest(("pools", 0, "instances"))) == "HERDSMAN_POOLS__0__INSTANCES"


def test_an_override_makes_the_sections_that_are_missing():
    document = overridden("", HERDSMAN_GATEWAY__PORT="1", HERDSMAN_POOLS__0__TASKS__0="t")
    assert document.root == {"gateway": {"port": "1"}, "pools": [{"tasks": ["t"]}]}


def test_an_override_of_an_empty_section_fills_it():
    assert overridden("gateway:", HERDSMAN_GATEWAY__PORT="1").root == {"gateway": {"port": "1"}}


def test_a_top_level_key_needs_no_double_underscore():
    assert overridden("", HERDSMAN_DATA_DIR="/x").root == {"data_dir": "/x"}


def test_our_other_variables_are_none_of_the_files_business():
    names = ("HERDSMAN_CONFIG", "HERDSMAN_INSTANCE", "HERDSMAN_SCOREBOARD_FD", "HERDSMAN_", "PATH", "A__B")
    assert overridden("a: b", **dict.fromkeys(names, "x")).root == {"a": "b"}


def test_queue_names_with_capitals_and_hyphens_can_be_reached():
    document = overridden("queues: {High-Prio: {retries: 1}}", HERDSMAN_QUEUES__HIGH_PRIO__RETRIES="2")
    assert document.root == {"queues": {"High-Prio": {"retries": "2"}}}


def test_variables_of_a_process_keep_their_case():
    document = overridden("pools: [{env: {}}]", HERDSMAN_POOLS__0__ENV__MY_KEY="v")
    assert document.root == {"pools": [{"env": {"MY_KEY": "v"}}]}


def test_an_overridden_reference_need_not_be_set_and_the_override_is_taken_as_it_is():
    document = overridden("data_dir: ${NONE}", HERDSMAN_DATA_DIR="/a${b}")
    assert document.problems == []
    assert document.root == {"data_dir": "/a${b}"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("HERDSMAN_POOLS__2__NAME", "pools: expected an index from 0 to 1, got '2'"),
        ("HERDSMAN_POOLS__X__NAME", "pools: expected an index from 0 to 1, got 'X'"),
        ("HERDSMAN_POOLS__01__NAME", "pools: expected an index from 0 to 1, got '01'"),
        ("HERDSMAN_DATA_DIR__X", "data_dir: has no key 'x': it is not a mapping in the file"),
        ("HERDSMAN_GATEWAY__", "expected HERDSMAN_SECTION__KEY: a part of the name is empty"),
    ],
)
def test_an_override_that_fits_nothing_is_a_problem(name, message):
    assert told(overridden("pools: [{name: a}]\ndata_dir: x", **{name: "v"})) == [f"{name}: {message}"]
