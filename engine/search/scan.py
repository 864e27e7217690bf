"""A search: a walk over the store in steps, each with a bound on what it reads; written as a question
(engine/store/question.py) for both clients.
"""

import math
from collections.abc import Sequence
from typing import Any

from engine.asking.peek import read
from engine.asking.questions import many, workers
from engine.jobs.job import Job
from engine.search.match import Around, Matcher, Verdict, known
from engine.search.page import Counts, Place, SearchPage
from engine.search.parse import parse
from engine.search.query import Query
from engine.search.sketch import CUT, of_lane, searched, sift, told_by_records
from engine.search.sources import Entry, Source, sources, window
from engine.store import keys
from engine.store.calls import Call, text
from engine.store.question import Question, Together

ENTRIES = 5000
"""Entries that one step looks at, at most; half as many where each has a record of its own to be read."""

STEP_BYTES = 4 << 20
"""Bytes after which a step reads no further."""

_PEEKED = 200  # jobs read in one script
_FIRST = 10  # the same, when it is not known how large they are
_FEWEST = 5
_IDS = 1000  # read in one command, where it gives nothing but ids
_READ_BYTES = 1 << 20  # in one command, about
_RECORD = 2  # entries that a job counts for which is not read from its lane
_LEAST = 10  # entries that a command counts for, however few it finds
_SIZED = 200  # sources whose sizes are asked for

Wanted = str | Query
"""A query, as people type it or read already."""

Numbered = tuple[int, Entry]


def search(base: str, query: Wanted, *, limit: int, cursor: str | None, brief: bool = False) -> Question[SearchPage]:
    """One step of a search: up to `limit` jobs, from at most about ENTRIES entries; go on with the page's cursor.

    Jobs come as they stand: pending (the next one first, lane by lane), scheduled (the next due first), processing,
    ended (the last kept first), dead (oldest first, queue by queue). `brief`: see `peek`.

    Raises:
        ValueError: QueryError, one of them: the query says nothing. Or the cursor is none, or of another search.
    """
    matcher = Matcher(parse(query) if isinstance(query, str) else query)
    return (yield from _Step(base, matcher, max(1, limit), Place.read(cursor)).take(brief=brief))


class _Step:
    """One step; its life is one call."""

    def __init__(self, base: str, matcher: Matcher, limit: int, place: Place) -> None:
        self._base = base
        self._matcher = matcher
        self._of_records = told_by_records(matcher)
        self._limit = limit
        self._begun = place
        self._around = Around(0.0)
        self._found: list[str] = []
        self._looked_at = place.counts.looked_at
        self._passed = {Verdict.SEALED: place.counts.encrypted, Verdict.LONG: place.counts.too_long}
        self._spent = self._bytes = self._read = 0

    def take(self, *, brief: bool) -> Question[SearchPage]:
        """Walk until there is enough, or it has cost enough."""
        seconds, micros = yield ("TIME",)
        known_workers = (yield from workers(self._base)) if self._matcher.of_workers else []
        self._around = Around(int(seconds) + int(micros) / 1e6, {one.incarnation: one for one in known_workers})
        all_of_them = yield from sources(self._base, self._matcher)
        of = (yield from self._sizes(all_of_them)) if self._begun == Place() else self._begun.counts.of
        stopped = yield from self._walk([one for one in all_of_them if one.at >= self._begun.at])
        jobs = yield from self._shown(brief=brief)
        sealed, long = self._passed[Verdict.SEALED], self._passed[Verdict.LONG]
        counts = Counts(self._looked_at, self._begun.counts.found + len(jobs), sealed, long, of)
        is_index = all(one.is_named or all(map(self._matcher.must_be, one.known)) for one in all_of_them)
        return SearchPage(
            jobs=jobs,
            cursor=str(Place(*stopped, counts)) if stopped else None,
            method="index" if is_index else "scan",
            **counts._asdict(),
        )

    def _walk(self, places: Sequence[Source]) -> Question[tuple[tuple[int, int, int], str] | None]:
        for source in places:
            here: str | None = source.position(self._begun.position) if source.at == self._begun.at else ""
            while here is not None:
                if self._is_over:
                    return source.at, here
                here = yield from self._some(source, here)
        return None

    @property
    def _since(self) -> int:
        oldest = self._matcher.oldest()
        return 0 if oldest == math.inf else int((self._around.now - oldest) * 1000) - 1

    @property
    def _is_over(self) -> bool:
        return len(self._found) >= self._limit or self._spent >= ENTRIES or self._bytes >= STEP_BYTES

    def _some(self, source: Source, position: str) -> Question[str | None]:
        """Look at some entries; the position to go on from."""
        each = 1 if source.kind == "lane" else _RECORD
        left = max(_FEWEST, (ENTRIES - self._spent) // each)
        most = {"lane": self._most, "running": left, "flow": left}.get(source.kind, _IDS)
        seen = yield from window(self._base, source, position, min(left, most), self._since)
        self._spent += max(_LEAST, seen.read * each)
        behind = yield from self._judge(source, seen.entries)
        if behind is None:
            self._looked_at += seen.read
            return seen.after
        number, last = behind
        self._looked_at += number + 1
        return None if seen.after is None and number + 1 == len(seen.entries) else last

    def _judge(self, source: Source, entries: Sequence[Entry]) -> Question[tuple[int, str] | None]:
        """Keep those that are meant; number and position of the entry that made it enough, None when none did."""
        rest = [(number, entry) for number, entry in enumerate(entries) if self._may_be(entry)]
        while rest:
            some, rest = rest[: self._most], rest[self._most :]
            chosen = yield from self._promising(source, some)
            jobs = (yield self._look([entry.id for _, entry in chosen])) if chosen else []
            for (number, entry), job in zip(chosen, jobs, strict=True):
                verdict = self._matcher.says(job, self._around) if job else Verdict.NO
                if verdict is Verdict.YES:
                    self._found.append(entry.id)
                elif verdict in self._passed:
                    self._passed[verdict] += 1
                if len(self._found) == self._limit:
                    return number, entry.behind
            if self._bytes >= STEP_BYTES and rest:
                number, entry = some[-1]
                return number, entry.behind
        return None

    def _may_be(self, entry: Entry) -> bool:
        """Whether it is worth to read anything of a job, by what its id tells."""
        place = keys.place(entry.id)
        if place is None:
            return False
        return self._matcher.could_be({"id": entry.id, "age": self._around.now - place.ms / 1000})

    def _promising(self, source: Source, some: Sequence[Numbered]) -> Question[list[Numbered]]:
        """Those that are worth to be read whole, by their sketches."""
        if source.kind == "lane":
            return [(number, entry) for number, entry in some if self._fits(source, entry)]
        if not self._of_records.fields or (source.known and all(map(self._matcher.must_be, source.known))):
            return list(some)
        sketches = yield sift([entry for _, entry in some], source, self._of_records, self._weigh)
        return [
            one
            for one, sketch in zip(some, sketches, strict=True)
            if sketch is None or self._of_records.says(sketch, self._around) is not Verdict.NO
        ]

    def _fits(self, source: Source, entry: Entry) -> bool:
        if not entry.fields:
            return True
        self._weigh(entry.fields)
        # Most are passed over by their type, before anything is made of them.
        if not self._matcher.could_be({"type": text(entry.fields[1])}):
            return False
        sketch = of_lane(entry, source)
        return sketch is not None and self._matcher.says(sketch, self._around) is not Verdict.NO

    def _look(self, ids: Sequence[str]) -> Call[list[Job | None]]:
        show = searched if self._matcher.carried else _nothing

        def jobs(reply: Any) -> list[Job | None]:
            for row in reply:
                self._weigh(row)
            return [read(one, row, show) for one, row in zip(ids, reply, strict=True)]

        return Call("peek", [f"<{CUT if self._matcher.carried else 1}", *ids], jobs)

    def _weigh(self, row: Sequence[Any]) -> None:
        self._read += 1
        self._bytes += sum(map(len, row))

    @property
    def _most(self) -> int:
        """How many jobs to read in one command, by the size of those that were read."""
        if not self._read:
            return _FIRST
        return min(_PEEKED, max(_FEWEST, _READ_BYTES * self._read // max(1, self._bytes)))

    def _shown(self, *, brief: bool) -> Question[list[Job]]:
        """Those that were found, whole, as they stand now; without what moved on and is not meant any more."""
        seen = yield from many(self._found, brief=brief)
        return [job for job in seen.values() if self._matcher.could_be(known(job, self._around))]

    def _sizes(self, places: Sequence[Source]) -> Question[int | None]:
        if len(places) > _SIZED:
            return None
        asked = [(command, (1, -1)[n]) for one in places for n, command in enumerate(one.sizes(self._base))]
        if not asked:
            return sum(len(one.ids) for one in places)
        replies = yield Together([command for command, _ in asked])
        sizes = [
            int(said) * sign for said, (_, sign) in zip(replies, asked, strict=True) if isinstance(said, int | bytes)
        ]
        return max(0, sum(sizes))


def _nothing(_: bytes | None) -> None:
    return None
