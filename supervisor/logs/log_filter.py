"""Which lines `logs` shows. Pure."""

import re
from dataclasses import dataclass

from supervisor.logs.log_record import LEVELS, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a line must have; what is None is not asked for. `since` is a time as the files have it."""

    worker: str | None = None
    job: str | None = None
    grep: re.Pattern[str] | None = None
    level: str | None = None
    since: str | None = None

    def wants(self, record: Record) -> bool:
        """Tell whether a line is to be shown. One that does not say its level is not, where levels are asked for."""
        return (
            (self.worker is None or record.worker == self.worker)
            and (self.job is None or record.job == self.job)
            and (self.grep is None or self.grep.search(record.line) is not None)
            and (self.level is None or (record.level != "" and _rank(record.level) >= _rank(self.level)))
            and (self.since is None or record.ts >= self.since)
        )

    def ends(self, record: Record) -> bool:
        """Tell, going backwards, whether only older lines than wanted can follow."""
        return self.since is not None and record.ts != "" and record.ts < self.since


def _rank(level: str) -> int:
    return LEVELS.index(level)
