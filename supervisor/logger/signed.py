"""Lines of a worker -> the same without the worker's signature, by the job that wrote them. Pure.

A worker begins each line that a job writes with RS id SP type RS (worker/run/signed_output.py). Where several threads
write into one line a signature may stand within it, too.
"""

import re
from collections.abc import Iterator

_MARK = b"\x1e"
_SIGNATURE = re.compile(rb"\x1e(?P<job>[0-9]+-[0-9]+-[0-9]+) (?P<type>[A-Za-z0-9_.:-]{1,64})\x1e")

Signer = tuple[str, str]  # a job's id and type


def signed(lines: list[bytes]) -> Iterator[tuple[Signer | None, list[bytes]]]:
    """Yield runs of lines with who signed them; None: nobody did."""
    run: list[bytes] = []
    last: Signer | None = None
    for line in lines:
        signer, text = _read(line) if _MARK in line else (None, line)
        if run and signer != last:
            yield last, run
            run = []
        last = signer
        run.append(text)
    if run:
        yield last, run


def _read(line: bytes) -> tuple[Signer | None, bytes]:
    found = _SIGNATURE.search(line)
    if found is None:
        return None, line
    return (found["job"].decode(), found["type"].decode()), _SIGNATURE.sub(b"", line)
