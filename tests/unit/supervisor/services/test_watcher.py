import os
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.services.watcher import ignored, tell
from tests.support.architecture import ROOT

ROOTS = ["/srv/app", "/etc/app.conf"]


@pytest.mark.parametrize(
    ("path", "patterns"),
    [
        ("/srv/app/x.log", ["*.log"]),
        ("/srv/app/deep/er/x.log", ["*.log"]),
        ("/srv/app/build/out.js", ["build"]),
        ("/srv/app/build/out.js", ["build/"]),
        ("/srv/app/build/out.js", ["build/*"]),
        ("/srv/app/a/build/out.js", ["a/build"]),
        ("/srv/app/.git/index", []),
        ("/srv/app/pkg/__pycache__/m.cpython-311.pyc", []),
        ("/srv/app/main.py~", []),
        ("/srv/app/.main.py.swp", []),
    ],
)
def test_what_a_pattern_names_and_what_editors_leave_is_ignored(path, patterns):
    assert ignored(path, ROOTS, patterns)


@pytest.mark.parametrize(
    ("path", "patterns"),
    [
        ("/srv/app/main.py", []),
        ("/srv/app/main.py", ["*.log", "srv", "app"]),
        ("/srv/app/a/build/out.js", ["build/*"]),
        ("/etc/app.conf", ["*.log"]),
    ],
)
def test_all_else_counts_and_names_above_the_watched_folder_mean_nothing(path, patterns):
    assert not ignored(path, ROOTS, patterns)


def test_a_line_is_never_torn():
    read_end, write_end = os.pipe()
    try:
        tell(write_end, "changed 1 " + "x" * 9000 + "\n")
        said = os.read(read_end, 65536)
        assert (len(said), said[-1:]) == (4096, b"\n")
    finally:
        os.close(read_end)
        os.close(write_end)


def test_the_supervisor_itself_never_loads_what_watches() -> None:
    program = "import sys, supervisor.boot; print('watchfiles' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_it_is_not_started_by_hand(monkeypatch, capsys, tmp_path: Path):
    from supervisor.services import watcher

    monkeypatch.delenv(watcher.WRITE_FD, raising=False)
    assert watcher.main(["--debounce-ms", "100", str(tmp_path)]) == 2
