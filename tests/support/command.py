"""`python -m engine` as a shell runs it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(
    *words: str, stdin: str = "", within: float = 20, cwd: Path = ROOT, **environ: str
) -> subprocess.CompletedProcess[str]:
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
