"""Lines -> what is written of them: text for people, or one JSON object a line. Pure.

2026-01-31T12:00:00.123Z default.3 g2 0-1769860800000-0 | text
{"ts":"2026-01-31T12:00:00.123Z","log":"default","worker":"default.3","generation":2,"job":"…","type":"…","line":"text"}
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from supervisor.logger.lines import tagged
from supervisor.logger.origin import Origin

Format = Callable[[Sequence[bytes], Origin, str], bytes]

DATA_LIMIT = 16 * 1024  # a longer line that looks like an object is kept as text: it is not worth the reading
_OURS = re.compile(
    rb"(?P<ts>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) "
    rb"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) +(?P<rest>\S+: .*)",
    re.DOTALL,
)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder().encode


def as_text(lines: Sequence[bytes], origin: Origin, stamp: str) -> bytes:
    """Time, worker, generation and job in front of each line; its bytes stay as they are."""
    tag = origin.worker
    if origin.generation:
        tag += f" g{origin.generation}"
    if origin.job:
        tag += f" {origin.job}"
    return tagged(lines, tag, stamp)


def as_json(lines: Sequence[bytes], origin: Origin, stamp: str) -> bytes:
    """One object a line. A line that is a JSON object stands under `data`, any other under `line`.

    Our own log lines keep their time, and their level has a key of its own. Bytes that are no UTF-8 are shown as
    hexadecimal escapes.
    """
    common: dict[str, Any] = {"ts": stamp, "log": origin.log, "worker": origin.worker}
    if origin.generation:
        common["generation"] = origin.generation
    if origin.job:
        common["job"] = origin.job
        common["type"] = origin.type
    return b"".join([_encode(_record(common, line.removesuffix(b"\r"))) + b"\n" for line in lines])


def _record(common: dict[str, Any], line: bytes) -> dict[str, Any]:
    if line[:1] == b"{" and len(line) <= DATA_LIMIT:
        try:
            _object.decode(line)
        except msgspec.MsgspecError:
            pass
        else:
            return {**common, "data": msgspec.Raw(line)}
    ours = _OURS.fullmatch(line) if line[10:11] == b"T" else None
    if ours is not None:
        head = {"ts": ours["ts"].decode(), "level": ours["level"].decode()}
        return {**common, **head, "line": ours["rest"].decode("utf-8", "backslashreplace")}
    return {**common, "line": line.decode("utf-8", "backslashreplace")}


FORMATS: dict[str, Format] = {"text": as_text, "json": as_json}
