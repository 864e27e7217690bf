"""What a running job says of itself, and how it is read: its progress, its log, its checkpoint."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.jobs.job import Log, LogLine, Progress
from engine.store.calls import Args, Call, text

TEXT_BYTES = 200  # of a progress's text
LINE_BYTES = 1000  # of one line of a log
LOG_BYTES = 16_384  # of a log; say.lua keeps the newest
CHECKPOINT_BYTES = 65_536


class Said(msgspec.Struct, frozen=True):
    """What is to be sent at once. Ages are milliseconds since it was said.

    Attributes:
        number: of this word among those of this run; it only grows, so that no word counts twice or comes back.
        progress: (age, fraction, text). lines: (age, line), oldest first. dropped: lines that were lost on the way.
    """

    number: int
    progress: tuple[int, float, str] | None = None
    checkpoint: bytes | None = None
    lines: Sequence[tuple[int, str]] = ()
    dropped: int = 0


def say(lease: str, said: Said) -> Call[bool]:
    """Written to the job's record. False = the lease was lost: nothing was changed."""
    args: Args = [lease, said.number]
    args += [said.progress[0], f"{said.progress[1]:g}", said.progress[2]] if said.progress else ["", "", ""]
    args += ["0", b""] if said.checkpoint is None else ["1", said.checkpoint]
    args.append(said.dropped)
    for age, line in said.lines:
        args += [age, line.replace("\n", " ")]
    return Call("say", args, bool)


def read_log(data: bytes | None) -> Log:
    """A record's log; lines that cannot be read are left out."""
    if not data:
        return Log([])
    dropped, _, rest = text(data).partition("\n")
    lines = []
    for row in rest.split("\n")[:-1]:
        ms, _, line = row.partition(" ")
        if ms.isdigit():
            lines.append(LogLine(int(ms) / 1000, line))
    return Log(lines, int(dropped) if dropped.isdigit() else 0)


def read_progress(data: Any) -> Progress | None:
    """A record's progress; None when there is none, or none that can be read."""
    if not data:
        return None
    ms, _, rest = text(data).partition(" ")
    fraction, _, said = rest.partition(" ")
    try:
        return Progress(float(fraction), said, int(ms) / 1000)
    except ValueError:
        return None
