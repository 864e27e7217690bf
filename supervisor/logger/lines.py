"""Bytes from a pipe -> whole lines with a tag. Pure."""

from collections.abc import Sequence

LINE_LIMIT = 64 * 1024
_STAMP = len("2026-01-31T12:00:00.123Z")


class Framer:
    """The unfinished line of one pipe. A line over 64 KiB comes out in pieces of that size."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take what was read; answer the lines it completed, without their ends."""
        text = self._rest + data
        lines = text.split(b"\n")
        rest = lines.pop()
        if len(text) < LINE_LIMIT:
            self._rest = rest
            return lines
        whole = [piece for line in lines for piece in _pieces(line)]
        while len(rest) >= LINE_LIMIT:
            whole.append(rest[:LINE_LIMIT])
            rest = rest[LINE_LIMIT:]
        self._rest = rest
        return whole

    def flush(self) -> list[bytes]:
        """Answer the unfinished line, if any, as if it had ended."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []


def _pieces(line: bytes) -> list[bytes]:
    if len(line) <= LINE_LIMIT:
        return [line]
    return [line[at : at + LINE_LIMIT] for at in range(0, len(line), LINE_LIMIT)]


def tagged(lines: Sequence[bytes], tag: str, stamp: str) -> bytes:
    """Join lines into what is written: `2026-01-31T12:00:00.123Z default.3 | text`.

    A line that begins with such a time keeps it, at the front, instead of getting a second one.
    """
    mark = f" {tag} | ".encode()
    prefix = stamp.encode() + mark
    return b"".join(
        [
            line[:_STAMP] + mark + line[_STAMP + 1 :] + b"\n"
            if line[10:11] == b"T" and line[23:25] == b"Z "
            else prefix + line.removesuffix(b"\r") + b"\n"
            for line in lines
        ]
    )
