import pytest
import yaml

from config import marks
from config.marks import read
from config.problems import Mark


class PurePythonLoader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict = {}  # noqa: RUF012  # the name and kind PyYAML asks for


@pytest.fixture(params=["libyaml", "pure Python"], autouse=True)
def parser(request, monkeypatch):
    """Everything here holds for both of PyYAML's parsers."""
    if request.param == "pure Python":
        monkeypatch.setattr(marks, "_Loader", PurePythonLoader)


def test_scalars_stay_the_text_that_was_written():
    text = "[no, yes, on, 1:30, 010, 0x1F, 1.10, 1e3, 2026-01-31, .inf, true, '5']"
    assert read(text, "c").root == [
        "no",
        "yes",
        "on",
        "1:30",
        "010",
        "0x1F",
        "1.10",
        "1e3",
        "2026-01-31",
        ".inf",
        "true",
        "5",
    ]


def test_only_an_unquoted_null_is_nothing():
    assert read("{a: , b: null, c: ~, d: 'null', e: \"\"}", "c").root == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "",
    }


def test_values_and_keys_have_places_counted_from_one_in_characters():
    document = read("é: [ä, ö]\nb:\n  c: x", "c")
    assert document.values["é", 1] == Mark("c", 1, 8)
    assert document.keys["b", "c"] == Mark("c", 3, 3)
    assert document.values["b", "c"] == Mark("c", 3, 6)
    assert document.nearest(("b", "absent")) == Mark("c", 3, 3)


def test_a_key_given_twice_is_refused_with_the_first_ones_line():
    document = read("a: 1\nb: 2\na: 3", "c")
    assert [str(problem) for problem in document.problems] == ["c:3:1: a: given twice: first on line 1 (keep one)"]


def test_anchors_aliases_and_merges_work_and_own_keys_win():
    document = read("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: {<<: [{z: 4}, *a]}", "c")
    assert document.problems == []
    assert document.root == {
        "a": {"x": "1", "y": "2"},
        "b": {"x": "3", "y": "2"},
        "c": {"z": "4", "x": "1", "y": "2"},
    }


def test_merging_what_is_no_mapping_is_a_problem():
    assert len(read("a: {<<: x}", "c").problems) == 1


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !!int 5", "a: !mine [x]"])
def test_tags_are_refused(text):
    (problem,) = read(text, "c").problems
    assert "YAML tag" in problem.message
    assert problem.path == ("a",)


def test_a_key_that_is_no_text_is_refused():
    (problem,) = read("? [a]\n: b", "c").problems
    assert problem.message == "a key must be plain text"


LAUGHS = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [{', '.join(['*' + p] * 20)}]\n" for p, c in ["ab", "bc", "cd", "de"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="deep lists"),
        pytest.param("{" * 100_000, id="deep mappings"),
        pytest.param("- " * 100_000, id="deep dashes"),
        pytest.param("a: [" + "x," * 100_000 + "]", id="many values"),
        pytest.param("a: 1\n" * 100_000, id="many keys"),
        pytest.param(LAUGHS, id="a billion laughs"),
        pytest.param("a: &a [*a]", id="a list in itself"),
        pytest.param("a: &a {<<: *a}", id="a mapping merged into itself"),
    ],
)
def test_bombs_are_one_problem(text):
    document = read(text, "c")
    assert document.unparsed
    assert [problem.message for problem in document.problems] == [
        "nested deeper than 16 levels, or more than 20000 values"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: ]", "c:1:4"),
        ("a: 'x", "c:1:6"),
        ("a: b: c", "c:1:5"),
        ("a: 1\n---\nb: 2", "c:2:1"),
        ("a: *x", "c:1:4"),
        ("a: x\nb: \0", "c:2:4"),
    ],
)
def test_what_is_not_yaml_is_told_with_its_place(text, place):
    document = read(text, "c")
    assert document.unparsed
    assert [str(problem.mark) for problem in document.problems] == [place]


def test_a_tab_and_a_bare_reference_in_braces_get_a_hint():
    assert read("a:\n\tb: 1", "c").problems[0].hint == "indent with spaces, not tabs"
    assert "quotes" in read("a: {b: ${X:-1}}", "c").problems[0].hint
