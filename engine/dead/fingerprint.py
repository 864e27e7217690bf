"""Which dead letters died of the same: a fingerprint over queue, type and error, without what differs from job to job.
Pure.
"""

import hashlib
import re

from engine.jobs.job import JobError

LENGTH = 12  # hexadecimal digits: 48 bits, enough to tell the groups of one store apart
LONGEST = 300  # characters of a message that count

# Quoted parts (an apostrophe inside a word opens none), then long hex numbers and UUIDs, then all other digits.
_QUOTED = re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|`[^`\n]*`|«[^»\n]*»|“[^”\n]*”")
_HEX = re.compile(r"\b0[xX][0-9a-fA-F]+\b|\b(?=[0-9a-fA-F-]*\d)[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4,12})*\b")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_NO_ERROR = JobError(type="Unknown", message="", cause="unknown")


def normalised(message: str) -> str:
    """The first line of a message, with `*` for quoted parts and hex numbers and `#` for all other numbers."""
    line = next((line for line in message.splitlines() if line.strip()), "")[: LONGEST * 4]
    line = _DIGITS.sub("#", _HEX.sub("*", _QUOTED.sub("*", line)))
    return " ".join(line.split())[:LONGEST]


def sense(error: JobError | None) -> tuple[str, str]:
    """What an error is called, and what it says: the normalised message; of a crash its cause, as it is."""
    error = error or _NO_ERROR
    if is_crash(error):
        return error.type, error.cause
    return error.type, normalised(error.message)


def is_crash(error: JobError) -> bool:
    """Whether the process died, rather than the task raised."""
    return error.type == "Crashed" and error.cause != "exception"


def fingerprint(queue: str, type: str, error: JobError | None) -> str:
    """The name of the group that a dead letter belongs to: 12 hexadecimal digits, the same at any time, anywhere."""
    text = "\0".join((queue, type, *sense(error)))
    return hashlib.sha1(text.encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()[:LENGTH]
