import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[3]
FILE = "redis: {url: 'redis://localhost:1/0'}\npools: [{name: a, tasks: [hm_absent]}, {name: b, tasks: [x]}]\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "worker", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--no-such"], 2, "unrecognized arguments"),
        (["-c", "FILE"], 2, "say which with --pool; pools: a, b"),
        (["-c", "FILE", "--pool", "c"], 2, "there is no pool 'c'"),
        (["-c", "absent.yaml"], 2, "absent.yaml"),
        (["-c", "FILE", "--pool", "a", "--zygote"], 2, "HERDSMAN_CONTROL_FD"),
        (["-c", "FILE", "--pool", "a"], 3, "there is no module 'hm_absent'"),
    ],
)
def test_bad_usage_is_explained_without_a_stack_trace(tmp_path, arguments, status, words) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(FILE)
    seen = run(*[str(path) if word == "FILE" else word for word in arguments])
    assert (seen.returncode, "Traceback" in seen.stderr) == (status, False)
    assert words in seen.stderr
