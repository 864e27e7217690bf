"""Emptying a queue: its pending jobs are cancelled, a bounded number in each script."""

from collections.abc import Callable
from typing import Any, NamedTuple

from engine.store import keys
from engine.store.calls import Call, text
from engine.store.question import Question

CHUNK = 200  # jobs in one script: 3 ms of the store's time
KEPT = 60.0  # seconds for which the cancelled jobs' records stay, without bodies; long enough for those who wait


class _Part(NamedTuple):
    cancelled: int
    last: str
    more: bool


def purge(queue: str, told: Callable[[int], None] | None = None) -> Question[int]:
    """Cancels what was pending when the purge began; how many. `told` hears after each script how many it is so far.

    Raises:
        ValueError: no queue can have that name.
    """
    cancelled, last = 0, ""
    keys.name(queue, "queue")
    while True:
        part: _Part = yield Call("purge", [queue, CHUNK, round(KEPT * 1000), last], _part, remembered=True)
        cancelled += part.cancelled
        if told is not None:
            told(cancelled)
        last = part.last
        if not part.more:
            return cancelled


def _part(reply: Any) -> _Part:
    cancelled, last, more = (text(reply) or "0 0-0 0").split(" ")
    return _Part(int(cancelled), last, more == "1")
