"""Every command of the README, typed into a live herd."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from tests.support import readme
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.readme import Example

README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def herd() -> Iterator[Herd]:
    """The example herd, without the program that keeps the machine busy, on ports of its own."""
    with Herd.running(with_gateway=True, pool={"tasks": ["examples.text"], "instances": 2}) as herd:
        yield herd


def test_the_commands_of_the_readme_do_what_is_shown(herd: Herd) -> None:
    # One test: what one command shows, another may have made.
    for example in readme.examples(README):
        herd.ready()
        print(eventually(lambda: _answer(example, herd), 10, f"{example.command}: {example.answer}"))  # noqa: B023


def _answer(example: Example, herd: Herd) -> str | None:
    """What the command says, when it succeeds and says what is shown."""
    places = {
        ".venv/bin/python": sys.executable,
        "-c config.yaml": f"-c {herd.path}",
        "-m scoreboard": f"-m scoreboard --data-dir {herd.config.data_dir}",
        "localhost:5000": f"127.0.0.1:{herd.gateway_port}",
        "localhost:9100": f"127.0.0.1:{herd.metrics_port}",
    }
    done = readme.typed(example.command, herd, places)
    assert readme.fits(example.answer, done.stdout), done.stdout + done.stderr
    return done.stdout or "(nothing)"


def test_every_make_target_and_every_page_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE)) <= targets
    linked = re.findall(r"\]\(([^)#]+)\)", README)
    assert linked
    assert [page for page in linked if not (ROOT / page).is_file()] == []


@pytest.mark.parametrize("name", ["README.md", "config.yaml"])
def test_a_config_we_show_is_accepted(name: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text()
    if name == "README.md":
        (text,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert config.load(path, {}).pools[0].instances == 4


def test_a_shown_answer_may_leave_parts_open() -> None:
    assert readme.fits('{"a": "…Z", "b": 1}', '{"a":"2026-01-01T00:00:00Z","b":1}\n')
    assert not readme.fits("…HI…", '{"result": "hi"}')
    assert readme.examples("```console\n$ a \\| b\nx\ny\n$ c\n```\n```sh\n$ no\n```\n") == [
        Example("a \\| b", "x\ny"),
        Example("c", ""),
    ]
