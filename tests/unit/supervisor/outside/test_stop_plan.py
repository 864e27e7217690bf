"""The times of a stop add up, and who allows less is named."""

import textwrap
from pathlib import Path

import pytest

import config
from supervisor.outside.stop_plan import longest_stop, too_short


@pytest.fixture
def herd_config(tmp_path: Path) -> config.Config:
    text = """
        pools:
          - {name: slow, tasks: [x], drain_timeout: 5m}
          - {name: quick, tasks: [x], drain_timeout: 1s}
        programs: [{name: p, command: sleep 1, stop_timeout: 20s}]
    """
    path = tmp_path / "config.yaml"
    path.write_text(textwrap.dedent(text))
    return config.load(path, {})


def test_it_is_the_slowest_of_each_stage_and_the_time_to_kill_it(herd_config: config.Config) -> None:
    assert longest_stop(herd_config) == (300 + 5) + 2 * (10 + 5) + (30 + 5) + (5 + 5)


@pytest.mark.parametrize(
    ("grace", "said"), [("10s", "killed 10 s after TERM"), ("10m", ""), ("soon", "expected a dur")]
)
def test_a_grace_that_is_too_short_is_told_at_the_start(herd_config: config.Config, grace: str, said: str) -> None:
    text = too_short(herd_config, {"HERDSMAN_STOP_GRACE": grace})
    assert (said in text) if said else text == ""


def test_nothing_is_said_where_nothing_is_known(herd_config: config.Config) -> None:
    assert too_short(herd_config, {}) == ""
