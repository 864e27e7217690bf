"""`python -m engine` as a shell runs it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*words, stdin="", within=20, cwd=ROOT, **environ):
    """The command's answer."""
    return subprocess.run(
        [sys.executable, "-m", "engine", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=within,
    )
