"""The README's ``console`` blocks: what a reader is told to type, and what is said to come back."""

import re
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from tests.support.architecture import ROOT
from tests.support.herd import Herd


class Example(NamedTuple):
    """A command, and the answer that is shown for it; … stands for any text."""

    command: str
    answer: str


def examples(text: str) -> list[Example]:
    """Every command of every ``console`` block, in order."""
    found: list[Example] = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            found.append(Example(command, answer.strip()))
    return found


def fits(shown: str, said: str) -> bool:
    """Whether what a command said is what the README shows, up to blanks and to what … leaves open."""
    pattern = ".*".join(re.escape("".join(piece.split())) for piece in shown.split("…"))
    return re.search(pattern, "".join(said.split()), re.DOTALL) is not None


def typed(command: str, herd: Herd, places: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The command, typed where this herd is; `places`: what is written, and what it is here. It has to succeed."""
    for written, here in places.items():
        command = command.replace(written, here)
    done = subprocess.run(
        ["bash", "-c", "set -o pipefail; " + command],
        cwd=ROOT,
        env=herd.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done
