"""Every command of docs/seeds.md, typed into the herd of config.yaml on ports of its own."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support import readme
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.ports import free_port
from tests.support.processes import eventually
from tests.support.readme import Example

PAGE = (ROOT / "docs" / "seeds.md").read_text()


@pytest.fixture(scope="module")
def processor_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def herd(processor_port: int) -> Iterator[Herd]:
    """The herd of config.yaml, with one worker, and without the program that keeps the machine busy."""
    written: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text())
    (pool,) = written["pools"]
    assert pool["http_port"] == 5001
    assert (written["gateway"]["port"], written["metrics"]["port"]) == (5000, 9100)
    small = {**pool, "instances": 1, "http_port": processor_port}
    with Herd.running(with_gateway=True, pool=small, queues=written["queues"]) as herd:
        yield herd


def test_the_commands_of_the_seeds_do_what_is_shown(herd: Herd, processor_port: int) -> None:
    # One test: what one command shows, another has made.
    for example in readme.examples(PAGE):
        does_what_is_shown(example, herd, processor_port)


def does_what_is_shown(example: Example, herd: Herd, processor_port: int) -> None:
    places = {
        ".venv/bin/python": sys.executable,
        "-c config.yaml": f"-c {herd.path}",
        "localhost:5000": f"127.0.0.1:{herd.gateway_port}",
        "localhost:5001": f"127.0.0.1:{processor_port}",
    }

    def said() -> str:
        done = readme.typed(example.command, herd, places)
        return done.stdout + done.stderr

    eventually(lambda: readme.fits(example.answer, said()), 15, lambda: f"{example.command}\n{said()}\n{herd.tail()}")
