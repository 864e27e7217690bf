"""The rest of `herdsman`: verbs that another of our programs carries out, and how this process becomes that program.

The supervisor imports none of them. Their verbs are listed here for `--help` and for completion; a test compares the
list with what the engine has.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn

ENGINE: Mapping[str, str] = {
    "cancel": "Cancel a job that has not started, or ask one that runs to stop.",
    "close": "Let a queue refuse new jobs and give out those it has.",
    "dlq": "Dead letters: list, groups, show, retry, delete.",
    "doctor": "Say what the store's settings and state can do to the jobs in it.",
    "drain": "Close a queue and wait until what is there has run.",
    "enqueue": "Enqueue one job.",
    "flows": "Jobs that wait for one another: list, show, cancel.",
    "jobs": "List jobs.",
    "keys": "Keys that payloads and results are encrypted with.",
    "log": "Print what a job has said.",
    "open": "Let a queue take new jobs again.",
    "pause": "Let a queue take jobs and give none out.",
    "purge": "Cancel all that is pending in a queue.",
    "queues": "How deep each queue is.",
    "resume": "Let a queue give jobs out again.",
    "schedules": "What runs by the clock: list, show, next, put, delete, run, pause, resume.",
    "show": "Show one job, whatever its state.",
    "why": "Say why a job is not running.",
    "workers": "Who is alive, on which host, doing what, since when.",
}
PARTS: Mapping[str, str] = {
    "gateway": "Run the HTTP gateway alone, in the foreground.",
    "janitor": "Run the janitor alone, in the foreground.",
    "worker": "Run the workers of one pool alone, in the foreground.",
}
COMMAND_VARIABLE = "HERDSMAN_COMMAND"
COMPLETE_VARIABLE = "_HERDSMAN_COMPLETE"

_TAKE_A_VALUE = ("-c", "--config", "--url", "--namespace")


class Other(NamedTuple):
    """Another program of ours, and what it is to be told."""

    room: str
    arguments: list[str]


def other(arguments: Sequence[str]) -> Other | None:
    """Answer who carries a command line out; None: the supervisor's own. Pure."""
    place = _verb_at(arguments)
    if place is None:
        return None
    before, verb, after = list(arguments[:place]), arguments[place], list(arguments[place + 1 :])
    if verb in ENGINE:
        return Other("engine", [*before, verb, *after])
    return Other(verb, [*before, *after]) if verb in PARTS else None


def completed(words: str, place: str) -> Other | None:
    """Answer whose word is completed; None: the supervisor's own. Pure.

    Args:
        words: the line so far (`COMP_WORDS`), the command's name first.
        place: the number of the word that is typed, or, from fish, what is there of it (`COMP_CWORD`).
    """
    typed = words.split()[1:]
    if place.isdigit():
        typed = typed[: int(place) - 1]
    elif place and typed:
        typed = typed[:-1]
    found = other(typed)
    return found and Other(found.room, [])


def become(found: Other, environ: Mapping[str, str]) -> NoReturn:
    """Be that program from here on, in the same process."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100,PTH120  no pathlib: quick
    paths = [root, *filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))]
    env = {**environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    arguments = found.arguments
    if found.room == "engine":
        env[COMMAND_VARIABLE] = "herdsman"
        flags = ["-P"]  # a folder's own engine.py is none of ours; a worker's tasks do stand in that folder
    else:
        flags = []
        arguments = ["-c", environ.get("HERDSMAN_CONFIG", "config.yaml"), *arguments]  # the last one counts
    os.execve(sys.executable, [sys.executable, *flags, "-m", found.room, *arguments], env)  # noqa: S606  no shell wanted


def _verb_at(arguments: Sequence[str]) -> int | None:
    place = 0
    while place < len(arguments) and arguments[place].startswith("-"):
        name = arguments[place]
        if not name.startswith(_TAKE_A_VALUE):
            return None  # an option that only the supervisor's own command line knows
        place += 2 if name in _TAKE_A_VALUE else 1
    return place if place < len(arguments) else None
