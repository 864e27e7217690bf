"""Waiting for a line of output. The bytes never come here: the logger looks, and tells that it was seen."""

from collections.abc import Callable
from typing import Any, Protocol


class Logger(Protocol):
    """The supervisor's side of the logger."""

    def look_for(self, tag: str, pattern: str, seen: Callable[[], None]) -> None:
        """Have `seen` called once when a line of that tag fits."""

    def look_no_more(self, tag: str) -> None:
        """Forget it."""


class Lines:
    """The output of one tag, as a probe sees it."""

    def __init__(self, logger: Logger, tag: str) -> None:
        self._logger = logger
        self._tag = tag

    def seek(self, pattern: str, seen: Callable[[], None]) -> None:
        """Call `seen` once when a line fits the regular expression."""
        self._logger.look_for(self._tag, pattern, seen)

    def forget(self) -> None:
        """Wait no more."""
        self._logger.look_no_more(self._tag)


class Sought:
    """The supervisor's list of what the logger is to look for; told to each new logger. Duties: keep it, answer it."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._wanted: dict[str, tuple[str, Callable[[], None]]] = {}

    def look_for(self, tag: str, pattern: str, seen: Callable[[], None]) -> None:
        """See Logger."""
        self._wanted[tag] = (pattern, seen)
        self._send({"op": "look", "tag": tag, "pattern": pattern})

    def look_no_more(self, tag: str) -> None:
        """See Logger."""
        if self._wanted.pop(tag, None) is not None:
            self._send({"op": "look", "tag": tag, "pattern": ""})

    def tell_all(self) -> None:
        """Tell a new logger."""
        for tag, (pattern, _) in self._wanted.items():
            self._send({"op": "look", "tag": tag, "pattern": pattern})

    def heard(self, message: dict[str, Any]) -> None:
        """Take the logger's word that a line was seen."""
        if message.get("op") == "seen":
            found = self._wanted.pop(str(message.get("tag")), None)
            if found is not None:
                found[1]()
