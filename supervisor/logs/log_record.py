"""One line of a log file, in either format, as `logs` shows, filters and prints it. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Any

_TEXT = re.compile(
    r"(?P<ts>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<worker>\S+)(?: g(?P<generation>\d+))?(?: (?P<job>\S+))? \| "
    r"(?P<line>.*)",
    re.DOTALL,
)
_LEVEL = re.compile(r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of a line; empty (0) where it does not say. `level` is one of LEVELS."""

    raw: str
    ts: str = ""
    worker: str = ""
    generation: int = 0
    job: str = ""
    type: str = ""
    level: str = ""
    line: str = ""
    is_json: bool = False  # the file has it in JSON

    def as_text(self) -> str:
        """Answer it as the text format has it."""
        if not self.worker:
            return self.raw
        parts = [self.ts, self.worker, f"g{self.generation}" if self.generation else "", self.job]
        level = f"{self.level.upper():<7} " if self.level and not _LEVEL.match(self.line) else ""
        return f"{' '.join(part for part in parts if part)} | {level}{self.line}"

    def as_json(self, log: str) -> str:
        """Answer it as the JSON format has it; what the file has in JSON stays as it is."""
        if self.is_json:
            return self.raw
        known: dict[str, Any] = {"ts": self.ts, "log": log, "worker": self.worker, "generation": self.generation}
        known |= {"job": self.job, "level": self.level.upper()}
        return json.dumps({key: value for key, value in known.items() if value} | {"line": self.line})


def parse(raw: str) -> Record:
    """Read a line of a log file; one that we did not write (the store's) has only its text."""
    if raw.startswith("{"):
        found = _from_json(raw)
        if found is not None:
            return found
    match = _TEXT.fullmatch(raw)
    if match is None:
        own = raw[23:25] == "Z " and raw[10:11] == "T"  # the janitor's and the store's files have no tag
        line = raw[25:] if own else raw
        return Record(raw=raw, ts=raw[:24] if own else "", level=_level(line), line=line)
    return Record(
        raw=raw,
        ts=match["ts"],
        worker=match["worker"],
        generation=int(match["generation"] or 0),
        job=match["job"] or "",
        level=_level(match["line"]),
        line=match["line"],
    )


def _from_json(raw: str) -> Record | None:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    data, generation = said.get("data"), said.get("generation")
    if not isinstance(said.get("ts"), str) or not ("line" in said or isinstance(data, dict)):
        return None  # an object, and none of ours
    level = said.get("level") or (data.get("level") if isinstance(data, dict) else "") or ""
    return Record(
        raw=raw,
        ts=said["ts"],
        worker=str(said.get("worker", "")),
        generation=generation if isinstance(generation, int) else 0,
        job=str(said.get("job", "")),
        type=str(said.get("type", "")),
        level=str(level).lower() if str(level).lower() in LEVELS else _level(str(said.get("line", ""))),
        line=str(said["line"]) if "line" in said else json.dumps(data, ensure_ascii=False),
        is_json=True,
    )


def _level(line: str) -> str:
    match = _LEVEL.match(line)
    return match["level"].lower() if match else ""
