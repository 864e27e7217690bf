"""Looks for lines on behalf of the supervisor, which never sees the bytes: whose output says that it is ready."""

import json
import re
import socket
from contextlib import suppress

# Of a line only its beginning is looked at: no pattern that the config lets through takes long on so little.
_LOOKED_AT = 512


class Lookout:
    """Duties: know the pattern of each tag, tell the first line that fits, once."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._known: dict[str, re.Pattern[str] | None] = {}  # None: seen, or not wanted any more

    def __contains__(self, tag: object) -> bool:
        return tag in self._known

    def look(self, tag: str, pattern: str) -> None:
        """Look for a pattern in the lines of a tag from now on; an empty one: no more."""
        self._known[tag] = None
        with suppress(re.error):
            self._known[tag] = re.compile(pattern) if pattern else None

    def over(self, tag: str, lines: list[bytes]) -> None:
        """Look over lines of a tag."""
        pattern = self._known.get(tag)
        if pattern is None or not any(pattern.search(line[:_LOOKED_AT].decode(errors="replace")) for line in lines):
            return
        with suppress(OSError):  # no room, or nobody there any more: told with the next line that fits
            self._control.send(json.dumps({"op": "seen", "tag": tag}).encode())
            self._known[tag] = None
