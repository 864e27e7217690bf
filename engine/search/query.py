"""A query as a small tree: terms that must all hold, each a field, a comparison, and values of which one must fit.
Pure.
"""

import re
from enum import StrEnum

import msgspec

from engine.jobs.states import JobState

LONGEST = 1000  # characters of a query
MOST_TERMS = 30
MOST_VALUES = 100  # of one term
MOST_STEPS = 20  # of one path


class Kind(StrEnum):
    """How the values of a field are compared."""

    NAME = "a name"
    TEXT = "a text"
    NUMBER = "a number"
    TIME = "a duration"
    PATH = "a value"


FIELDS: dict[str, Kind] = {
    "id": Kind.NAME,
    "type": Kind.NAME,
    "queue": Kind.NAME,
    "state": Kind.NAME,
    "worker": Kind.NAME,
    "pool": Kind.NAME,
    "host": Kind.NAME,
    "tenant": Kind.NAME,
    "priority": Kind.NAME,
    "key": Kind.NAME,
    "workflow": Kind.NAME,
    "group": Kind.NAME,
    "cause": Kind.NAME,
    "error": Kind.TEXT,
    "text": Kind.TEXT,
    "payload": Kind.PATH,
    "result": Kind.PATH,
    "header": Kind.PATH,
    "attempts": Kind.NUMBER,
    "crashes": Kind.NUMBER,
    "releases": Kind.NUMBER,
    "age": Kind.TIME,
    "run": Kind.TIME,
    "ended": Kind.TIME,
    "due": Kind.TIME,
}
"""Every field; docs/search.md says what each means."""

ALSO = {"flow": "workflow", "data": "payload", "headers": "header", "limit_key": "key"}
"""Other names for fields."""

RETRYING = "retrying"
STATES = (*(state.value for state in JobState), RETRYING)
STATES_ALSO = {"running": "processing", "failed": "dead", "done": "completed"}
"""Other words for states."""

_BARE = re.compile(r'[^\s,"]+')
_BARE_STEP = re.compile(r'[^\s,".:<>]+')


class Value(msgspec.Struct, frozen=True):
    """What is looked for; in quotes `*` is an asterisk, and a number is a text."""

    text: str
    quoted: bool = False

    @property
    def wild(self) -> bool:
        """Whether `*` stands in it for anything."""
        return not self.quoted and "*" in self.text

    def __str__(self) -> str:
        if self.quoted or not _BARE.fullmatch(self.text):
            return _in_quotes(self.text)
        return self.text


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One condition.

    Attributes:
        path: into a payload, a result or the headers, from the outside in; empty for the other fields.
        op: ":", "<", "<=", ">" or ">="; the last four have one value.
        negated: the condition must not hold.
    """

    field: str
    path: tuple[str, ...] = ()
    op: str = ":"
    values: tuple[Value, ...]
    negated: bool = False

    def __str__(self) -> str:
        steps = [step if _BARE_STEP.fullmatch(step) else _in_quotes(step) for step in self.path]
        name = ".".join([self.field, *steps])
        return f"{'-' if self.negated else ''}{name}{self.op}{','.join(map(str, self.values))}"


class Query(msgspec.Struct, frozen=True):
    """Terms that must all hold; none: every job is meant. As text it is one that reads back as the same query."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))


class QueryError(ValueError):
    """A query that says nothing.

    Attributes:
        query: the whole of it. at: index of the character that is wrong, 0 is the first. said: what is wrong there.
    """

    def __init__(self, query: str, at: int, said: str) -> None:
        super().__init__(f"character {at + 1} of the query: {said}")
        self.query = query
        self.at = at
        self.said = said

    def picture(self, width: int = 76) -> str:
        """The query, or the part of it that matters, with a mark under the character; two lines."""
        start = max(0, self.at - width // 2)
        line = "".join(c if c.isprintable() else " " for c in self.query[start : start + width])
        return f"{line}\n{' ' * (self.at - start)}^"


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
