"""The last lines of each tag, for death certificates. Bounded: so many tags, lines and bytes. Pure."""

from collections import deque

LINES, LINE_BYTES, TAGS = 20, 500, 1000


class LastLines:
    """Tags that have been silent for longest are forgotten first."""

    def __init__(self) -> None:
        self._tags: dict[str, deque[bytes]] = {}

    def heard(self, tag: str, lines: list[bytes]) -> None:
        """Take in whole lines."""
        kept = self._tags.pop(tag, None)
        if kept is None:
            kept = deque(maxlen=LINES)
            if len(self._tags) >= TAGS:
                del self._tags[next(iter(self._tags))]
        kept.extend(line[:LINE_BYTES] for line in lines[-LINES:])
        self._tags[tag] = kept

    def take(self, tag: str) -> list[str]:
        """Answer the last lines, the oldest first, and forget them: its successor's are its own."""
        return [line.decode(errors="replace") for line in self._tags.pop(tag, ())]
