"""A page of a search, and the cursor that goes on behind it."""

import re
from typing import NamedTuple

import msgspec

from engine.jobs.job import Job

_CURSOR = re.compile(
    r"(\d{1,2})\.(\d{1,10})\.([01])/([0-9_-]{0,60})/(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{0,15})"
)


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of a search found. The counts are of all steps so far.

    Attributes:
        cursor: goes on behind this page; None at the end. A page may be empty and have a cursor.
        method: "index" when only what is meant was read, "scan" when jobs were read and compared.
        looked_at: entries that were read. found: how many of them are meant.
        of: about how many there are to look at, as of the first step; None when that is not known.
        encrypted, too_long: jobs that may be meant, but what they carry cannot be looked through.
    """

    jobs: list[Job]
    cursor: str | None
    method: str
    looked_at: int
    found: int
    of: int | None = None
    encrypted: int = 0
    too_long: int = 0


class Counts(NamedTuple):
    """As in `SearchPage`."""

    looked_at: int = 0
    found: int = 0
    encrypted: int = 0
    too_long: int = 0
    of: int | None = None


class Place(NamedTuple):
    """How far a search has come: behind a position of a source, with what was counted until then."""

    at: tuple[int, int, int] = (0, 0, 0)
    position: str = ""
    counts: Counts = Counts()

    def __str__(self) -> str:
        counts = ".".join("" if count is None else str(count) for count in self.counts)
        return f"{'.'.join(map(str, self.at))}/{self.position}/{counts}"

    @classmethod
    def read(cls, cursor: str | None) -> "Place":
        """The place that a cursor says, the beginning without one.

        Raises:
            ValueError: it is no cursor of a search.
        """
        if not cursor:
            return cls()
        match = _CURSOR.fullmatch(cursor)
        if match is None:
            raise ValueError(f"{cursor[:100]!r} is no cursor of a search: take it from the page before")
        rank, lane, part, position, looked_at, found, encrypted, too_long, of = match.groups()
        counts = Counts(int(looked_at), int(found), int(encrypted), int(too_long), int(of) if of else None)
        return cls((int(rank), int(lane), int(part)), position, counts)
