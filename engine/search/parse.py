"""From what people type to a `Query`: `state:dead type:send-*,mail -tenant:acme age<1h payload.user.id:42 "no route"`.
Pure.
"""

import difflib
import re

from engine import durations
from engine.search.query import (
    ALSO,
    FIELDS,
    LONGEST,
    MOST_STEPS,
    MOST_TERMS,
    MOST_VALUES,
    STATES,
    STATES_ALSO,
    Kind,
    Query,
    QueryError,
    Term,
    Value,
)
from engine.store import keys

EVERYTHING = "all"
_PRIORITIES = ("high", "normal", "low")
_OPS = ("<=", ">=", "<", ">", ":")
_SPACE = re.compile(r"\s*")
_NAME = re.compile(r'[^\s:<>".,]+')
_STEP = re.compile(r'[^\s:<>".,]+')
_BARE = re.compile(r'[^\s,"]+')
_WORD = re.compile(r'[^\s"]+')
_SLIP = re.compile(r"[:<>=]")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")


def parse(text: str) -> Query:
    """The query that a text says.

    Raises:
        QueryError: it says none; the error points at the character, and names what is near.
    """
    if len(text) > LONGEST:
        raise QueryError(text, LONGEST, f"a query has at most {LONGEST} characters, this one has {len(text)}")
    return _Reading(text).query()


class _Reading:
    """Goes through a text from its beginning."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def query(self) -> Query:
        """All that is there."""
        terms: list[Term] = []
        while self._more():
            start = self._at
            term = self._term()
            if len(terms) == MOST_TERMS:
                raise self._wrong(f"a query has at most {MOST_TERMS} conditions", start)
            if term is not None:
                terms.append(term)
        return Query(tuple(terms))

    def _more(self) -> bool:
        self._skip(_SPACE)
        return self._at < len(self._text)

    def _term(self) -> Term | None:
        negated = self._take("-")
        start = self._at
        if self._peek('"'):
            value = self._quoted()
            self._end()
            return Term(field="text", values=(value,), negated=negated)
        name = self._skip(_NAME)
        path = self._path() if name.lower() in FIELDS | ALSO else ()
        op = next((one for one in _OPS if self._peek(one)), "")
        if not op:
            self._at = start
            return self._word(negated=negated)
        field = self._field(name, path, start)
        self._compared(field, path, op)
        self._at += len(op)
        values = self._values(field, op)
        return Term(field=field, path=path, op=op, values=values, negated=negated)

    def _path(self) -> tuple[str, ...]:
        steps: list[str] = []
        while self._take("."):
            start = self._at
            step = self._quoted().text if self._peek('"') else self._skip(_STEP)
            if start == self._at:
                raise self._wrong("a name is missing after the dot")
            steps.append(step)
            if len(steps) > MOST_STEPS:
                raise self._wrong(f"a path has at most {MOST_STEPS} steps", start)
        return tuple(steps)

    def _field(self, name: str, path: tuple[str, ...], start: int) -> str:
        if not name:
            raise self._wrong("the name of a field is missing before this", start)
        field = ALSO.get(name.lower(), name.lower())
        if field not in FIELDS:
            near = _near(name, (*FIELDS, *ALSO)) or "; in quotes it is looked for as a text"
            raise self._wrong(f'there is no field "{name[:80]}"{near}', start)
        if path and FIELDS[field] is not Kind.PATH:
            raise self._wrong(f"{field} has no parts: only payload, result and header are followed by a path", start)
        if not path and field == "header":
            raise self._wrong("say which header: header.NAME:VALUE", start)
        return field

    def _compared(self, field: str, path: tuple[str, ...], op: str) -> None:
        """Whether a field can be compared in that way."""
        kind = FIELDS[field]
        ordered = kind in (Kind.NUMBER, Kind.TIME) or (kind is Kind.PATH and path and field != "header")
        if op != ":" and not ordered:
            raise self._wrong(f'{field} is {kind.value}, "{op}" is for numbers and durations: write {field}:VALUE')
        if op == ":" and kind is Kind.TIME:
            raise self._wrong(f"{field} is a duration: write {field}>5m or {field}<5m")

    def _values(self, field: str, op: str) -> tuple[Value, ...]:
        values: list[Value] = []
        start = self._at
        while True:
            place = self._at
            value = self._quoted() if self._peek('"') else Value(self._skip(_BARE))
            if not value.text and not value.quoted:
                raise self._wrong(f'a value is missing after "{self._text[place - 1]}"')
            values.append(self._checked(field, op, value, place))
            if len(values) > MOST_VALUES:
                raise self._wrong(f"a condition has at most {MOST_VALUES} values", start)
            if not self._take(","):
                break
        self._end()
        if len(values) > 1 and op != ":":
            raise self._wrong(f'"{op}" takes one value', start)
        return tuple(values)

    def _checked(self, field: str, op: str, value: Value, place: int) -> Value:
        """The value, when the field can have it."""
        kind = FIELDS[field]
        if field == "state":
            value = Value(STATES_ALSO.get(value.text, value.text), value.quoted)
        known = {"state": STATES, "priority": _PRIORITIES}.get(field)
        if known and not value.wild and value.text not in known:
            near = _near(value.text, known) or f": it is one of {', '.join(known)}"
            raise self._wrong(f'there is no {field} "{value.text[:80]}"{near}', place)
        if kind is Kind.TIME:
            try:
                durations.seconds(value.text)
            except ValueError:
                said = f'"{value.text[:80]}" is no duration: write it like 30s, 1h30m or 250ms'
                raise self._wrong(said, place) from None
        elif (kind is Kind.NUMBER or op != ":") and not _NUMBER.fullmatch(value.text):
            raise self._wrong(f'"{value.text[:80]}" is no number, and {field} is compared with one', place)
        return value

    def _quoted(self) -> Value:
        start = self._at
        self._at += 1
        found = []
        while self._at < len(self._text) and (char := self._text[self._at]) != '"':
            self._at += 1
            if char == "\\" and self._at < len(self._text):
                char = self._text[self._at]
                self._at += 1
            found.append(char)
        if not self._take('"'):
            raise self._wrong("this quote is not closed", start)
        return Value("".join(found), quoted=True)

    def _word(self, *, negated: bool) -> Term | None:
        """A word alone, or several with commas: ids, states, or texts."""
        start = self._at
        word = self._skip(_WORD)
        if not word:
            raise self._wrong("a word was expected here")
        if slip := _SLIP.search(word):
            known = (*FIELDS, *ALSO)
            name = word[: slip.start()]
            if slip[0] != "=":
                near = _near(name, known) or "; in quotes it is looked for as a text"
                raise self._wrong(f'there is no field "{name[:80]}"{near}', start)
            if name.lower() in known:
                said = f'write "{name}:…", or put the whole word in quotes to look for it'
                raise self._wrong(said, start + slip.start())
        self._end()
        if word == EVERYTHING and not negated:
            return None
        words = [STATES_ALSO.get(one, one) for one in word.split(",")]
        if "" in words:
            raise self._wrong("a comma stands between two values; in quotes it is looked for", start + word.index(","))
        field = "id" if all(map(keys.place, words)) else "state" if set(words) <= set(STATES) else "text"
        return Term(
            field=field, values=tuple(map(Value, words if field == "state" else word.split(","))), negated=negated
        )

    def _end(self) -> None:
        """A term ends where there is a space."""
        if self._at < len(self._text) and not self._text[self._at].isspace():
            quote = self._text[self._at] == '"'
            raise self._wrong("in the middle of a value a quote makes no sense" if quote else "a space is missing here")

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        found = self._peek(text)
        self._at += len(text) if found else 0
        return found

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _wrong(self, said: str, at: int | None = None) -> QueryError:
        return QueryError(self._text, self._at if at is None else at, said)


def _near(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word[:80].lower(), known, n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""
