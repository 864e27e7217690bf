"""Which job a worker runs right now, for whoever asks often: four words and one column, not the whole record."""

from typing import Final, NamedTuple

from scoreboard.fields import unpack_text
from scoreboard.layout import ENTRIES, ENTRY_WORDS, TASK_BYTES, WORD, Worker
from scoreboard.states import EntryState

_STARTED: Final = int(EntryState.STARTED)


class JobSeen(NamedTuple):
    """The worker's generation; the one job it runs as (lane, ms, seq), None for none or several; that job's type."""

    generation: int
    job: tuple[int, int, int] | None
    type: str


def look(words: memoryview) -> JobSeen:
    """Read a worker's words without waiting for its writer; what changes meanwhile reads as no job."""
    sequence, generation = words[Worker.SEQUENCE], words[Worker.GENERATION]
    count = min(words[Worker.COUNT], ENTRIES)
    states = words[Worker.MARKS : Worker.MARKS + count * ENTRY_WORDS].tolist()[::ENTRY_WORDS]
    if states.count(_STARTED) != 1:
        return JobSeen(generation, None, "")
    row = Worker.IDS + states.index(_STARTED) * ENTRY_WORDS
    lane, ms, seq = words[row : row + 3].tolist()
    task = unpack_text(words[Worker.TASK : Worker.TASK + TASK_BYTES // WORD].tobytes())
    if sequence & 1 or words[Worker.SEQUENCE] != sequence:
        return JobSeen(generation, None, "")
    return JobSeen(generation, (lane, ms, seq), task)
