"""Whether a pool's drain is long enough for its tasks."""

from pathlib import Path
from typing import Any

import pytest

import config
from worker.tasks.registry import Registry, make_task
from worker.tasks.stop_plan import ShortDrain, check, longest, written

FILE = """pools:
  - name: default
    tasks: [a]
    queues: [default, slow]
    {0}
"""


def registry(**tasks: dict[str, Any]) -> Registry:
    made = Registry()
    for name, words in tasks.items():
        made.add(make_task(name, lambda: None, **words))
    return made


def load(path: Path, keys: str) -> config.Config:
    file = path / "config.yaml"
    file.write_text(FILE.format(keys))
    return config.load(file, {})


def test_a_short_drain_is_refused_with_its_place_and_what_to_do(tmp_path: Path) -> None:
    loaded = load(tmp_path, "drain_timeout: 30s")
    tasks = registry(quick={"timeout": "1s"}, report={"timeout": "5m", "queue": "slow"})
    with pytest.raises(ShortDrain) as refused:
        check(loaded, loaded.pools[0], tasks)
    said = str(refused.value)
    assert said.startswith(f"{tmp_path}/config.yaml:5:20: pools[0].drain_timeout: 30 s is shorter than the 300 s")
    assert "'report'" in said
    assert "accept_short_drain: true" in said


@pytest.mark.parametrize("keys", ["drain_timeout: 5m", "accept_short_drain: true"])
def test_a_drain_that_is_long_enough_or_accepted_is_taken(tmp_path: Path, keys: str) -> None:
    loaded = load(tmp_path, keys)
    check(loaded, loaded.pools[0], registry(report={"timeout": "5m"}))


def test_what_other_pools_run_and_what_has_no_limit_does_not_count(tmp_path: Path) -> None:
    loaded = load(tmp_path, "drain_timeout: 1s")
    check(loaded, loaded.pools[0], registry(elsewhere={"timeout": "5m", "queue": "other"}, endless={}))


def test_what_counts_is_what_was_written() -> None:
    assert written(make_task("a", lambda: None, timeout="30s")) == 30.0  # not the grace after it
    assert written(make_task("a", lambda: None, timeout="30s", hard_timeout="1m")) == 60.0
    assert written(make_task("a", lambda: None, hard_timeout="2s")) == 2.0
    assert written(make_task("a", lambda: None)) is None
    assert longest([], ["default"]) is None
