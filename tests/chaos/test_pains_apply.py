"""Pains that people have with others, and that must not exist here: the file, the environment, what was set."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from config import Places
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

MakeHerd = Callable[..., Herd]
SAYS = "import os\nfrom worker import task\n@task('says')\ndef says() -> str:\n    return os.environ['WORD']\n"


def _word(herd: Herd, word: str) -> None:
    contents = yaml.safe_load(herd.path.read_text())
    contents["pools"][0]["env"] = {"WORD": word}
    herd.path.write_text(yaml.safe_dump(contents))


def _pool(herd: Herd) -> Any:
    return herd.status()["pools"][0]


def _said(herd: Herd) -> Any:
    return herd.client.enqueue("says", keep=60).result(timeout=10)


def test_pain_07_an_edited_file_takes_effect_when_it_is_applied_and_only_then(make_herd: MakeHerd) -> None:
    herd = Herd(pool={"tasks": ["my_words"], "instances": 1, "env": {"WORD": "old"}, "reload": {"canary_jobs": 0}})
    try:
        (herd.folder / "my_words.py").write_text(SAYS)
        herd.start()
        herd.ready()
        _word(herd, "new")
        # Whoever is started anew by itself has what was applied, however often.
        for role in ("worker", "zygote"):
            before, victim = _pool(herd)["workers"][0]["pid"], herd.pid_of(role)
            herd.kill(victim)
            if role == "zygote":
                eventually(lambda gone=victim: _pool(herd)["zygote_pid"] not in (None, gone), 30, herd.tail)
                herd.kill(before)
            eventually(
                lambda gone=before: _pool(herd)["workers"][0]["pid"] not in (None, gone) and _pool(herd)["running"],
                30,
                herd.tail,
            )
            assert _said(herd) == "old", role
        assert herd.command("apply").returncode == 0
        assert _said(herd) == "new"
        worker = _pool(herd)["workers"][0]
        assert worker["config"] == herd.status()["config"]["pools"]["default"], "and each worker says what it runs"
    finally:
        herd.close()


def test_pain_08_what_was_set_at_run_time_outlives_a_killed_and_a_stopped_supervisor(make_herd: MakeHerd) -> None:
    herd = make_herd(
        pool={"instances": 1},
        pools=[
            {"name": "default", "tasks": ["tests.support.tasks"], "instances": 1},
            {"name": "mail", "tasks": ["tests.support.tasks"], "instances": 1},
        ],
    )
    path = Places(herd.config.data_dir).overrides
    assert herd.command("scale", "default", "3").returncode == 0
    assert herd.command("stop", "mail").returncode == 0
    saved = path.read_bytes()
    assert json.loads(saved)["overrides"]["default"] == {"instances": 3, "file": 1, "stopped": False}

    def as_set() -> bool:
        counts = {pool["name"]: (pool["running"], pool["stopped"]) for pool in herd.status()["pools"]}
        return counts == {"default": (3, False), "mail": (0, True)}

    eventually(as_set, 30, herd.tail)
    herd.kill(herd.pid)
    assert path.read_bytes() == saved
    herd.start()
    eventually(lambda: _answers(herd) and as_set(), 40, herd.tail)
    assert herd.stop() == 0
    assert path.read_bytes() == saved, "a shutdown stops every pool, and that is nobody's wish for the next start"
    herd.start()
    eventually(lambda: _answers(herd) and as_set(), 40, herd.tail)
    assert path.read_bytes() == saved


def _answers(herd: Herd) -> bool:
    return herd.command("status").returncode == 0
