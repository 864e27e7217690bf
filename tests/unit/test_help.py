"""`--help` of a part loads nothing of what the part needs to run."""

import subprocess
import sys

import pytest

from tests.support.architecture import ROOT

HEAVY = {"fastapi", "redis", "uvicorn", "pydantic"}


@pytest.mark.parametrize("room", ["gateway", "janitor", "worker"])
def test_the_help_of_a_part_loads_nothing_heavy(room: str) -> None:
    program = (
        "import atexit, runpy, sys; atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)));"
        f"sys.argv = ['{room}', '--help']; runpy.run_module('{room}', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.startswith(f"usage: python -m {room}")
    assert not HEAVY & set(done.stderr.split())
