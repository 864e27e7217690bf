"""The language: what is read, what is refused and where, and that a query as text reads back."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.search import query as language
from engine.search.parse import parse
from engine.search.query import FIELDS, Kind, Query, QueryError, Term, Value

PLAIN = st.text(st.characters(codec="utf-8"), max_size=8)
BARE = PLAIN.map(lambda text: re.sub(r'[\s,"]', "", text)).filter(bool)
QUOTED = PLAIN.map(lambda text: Value(text, quoted=True))
PATHS = st.lists(PLAIN, max_size=3).map(tuple)
NUMBERS = st.integers(-(10**9), 10**9).map(str)
TIMES = st.integers(1, 999).map(lambda n: f"{n}h30m")
COMPARED = st.sampled_from(["<", "<=", ">", ">="])


def _values(one: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.lists(one, min_size=1, max_size=3).map(tuple)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    field = draw(st.sampled_from(sorted(FIELDS)))
    kind, op, path = FIELDS[field], ":", ()
    if kind is Kind.PATH:
        path = draw(PATHS)
        path = path or (("name",) if field == "header" else ())
    if kind is Kind.TIME or (kind is Kind.NUMBER and draw(st.booleans())):
        op = draw(COMPARED)
    if field in ("state", "priority"):
        known = {"state": language.STATES, "priority": ("high", "normal", "low")}[field]
        values = draw(_values(st.sampled_from(known).map(Value)))
    elif kind is Kind.TIME:
        values = (Value(draw(TIMES)),)
    elif kind is Kind.NUMBER:
        values = (Value(draw(NUMBERS)),)
    else:
        values = draw(_values(QUOTED | BARE.map(Value)))
    return Term(field=field, path=path, op=op, values=values, negated=draw(st.booleans()))


@given(st.lists(terms(), max_size=6).map(lambda found: Query(tuple(found))))
def test_a_query_as_text_reads_back_as_the_same_query(query: Query) -> None:
    assert parse(str(query)) == query


@given(st.text(max_size=60) | st.text('statequeuepayload.:<>=-,"\\* 5mh', max_size=60))
@example('-payload."a.b".c:"\\"",x* ""')
def test_any_text_is_a_query_or_an_error_that_points_into_it(text: str) -> None:
    found = _read(text)
    if isinstance(found, Query):
        assert parse(str(found)) == found
    else:
        assert 0 <= found.at <= len(text)
        line, mark = found.picture().split("\n")
        assert mark.index("^") <= len(line)


def _read(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("", ""),
        ("all", ""),
        ("running", "state:processing"),
        ("failed queue:mail,default", "state:dead queue:mail,default"),
        ("state:running,done", "state:processing,completed"),
        ("1-1700000000000-1", "id:1-1700000000000-1"),
        ("-send", "-text:send"),
        ("pending,running", "state:pending,processing"),
        ("mail,dead", "text:mail,dead"),
        ('"no route"', 'text:"no route"'),
        ('"dead"', 'text:"dead"'),
        ("STATE:dead Flow:7-1-1", "state:dead workflow:7-1-1"),
        ('data."a.b".0.c>=1.5', 'payload."a.b".0.c>=1.5'),
        ("age>1h30m attempts>=3", "age>1h30m attempts>=3"),
        ("type:send-*", "type:send-*"),
        ('error:"said \\"no\\""', 'error:"said \\"no\\""'),
    ],
)
def test_what_is_typed_means(typed: str, same: str) -> None:
    assert str(parse(typed)) == same


@pytest.mark.parametrize(
    ("typed", "at", "said"),
    [
        ("queue:mail sate:dead", 11, 'there is no field "sate" (did you mean "state"?)'),
        ("state:ded", 6, 'there is no state "ded" (did you mean "dead"?)'),
        ("state:dead,zzz", 11, "it is one of pending, scheduled"),
        ("http://example.com", 0, "in quotes it is looked for as a text"),
        ("queue:", 6, 'a value is missing after ":"'),
        ("queue:a, b", 8, 'a value is missing after ","'),
        ("age:5m", 3, "age is a duration: write age>5m or age<5m"),
        ("age>soon", 4, '"soon" is no duration: write it like 30s, 1h30m or 250ms'),
        ("attempts>=many", 10, '"many" is no number'),
        ("payload.n>x", 10, '"x" is no number'),
        ("attempts>1,2", 9, '">" takes one value'),
        ("error>5", 5, "error is a text"),
        ("type.name:a", 0, "type has no parts"),
        ("header:a", 0, "header.NAME:VALUE"),
        ("payload.:a", 8, "a name is missing after the dot"),
        ('text:"open', 5, "this quote is not closed"),
        ('"a"b', 3, "a space is missing here"),
        ('queue:a"b"', 7, "a quote makes no sense"),
        ("attempts=3", 8, 'write "attempts:…"'),
        (":a", 0, "the name of a field is missing"),
        ("a,", 1, "a comma stands between two values"),
        ("-", 1, "a word was expected"),
        ("priority:urgent", 9, "it is one of high, normal, low"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_to_write(typed: str, at: int, said: str) -> None:
    with pytest.raises(QueryError) as found:
        parse(typed)
    assert (found.value.at, said in found.value.said) == (at, True), found.value
    assert str(found.value).startswith(f"character {at + 1} of the query: ")


@pytest.mark.parametrize(
    "typed",
    [
        "a" * (language.LONGEST + 1),
        "a " * (language.MOST_TERMS + 1),
        "id:" + ",".join("1" * (language.MOST_VALUES + 1)),
        "payload" + ".a" * (language.MOST_STEPS + 1) + ":1",
    ],
)
def test_a_query_has_a_bound_on_everything(typed: str) -> None:
    with pytest.raises(QueryError, match="at most"):
        parse(typed)


def test_the_picture_of_a_long_query_shows_the_part_that_is_wrong() -> None:
    with pytest.raises(QueryError) as found:
        parse("queue:mail " * 20 + "sate:dead")
    line, mark = found.value.picture(40).split("\n")
    assert line[mark.index("^") :] == "sate:dead"
