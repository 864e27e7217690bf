"""Whether a worker was killed by the kernel for want of memory."""

from pathlib import Path

import pytest

from worker.processes.oom import OomWatch, places


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    "text", ["low 0\nhigh 0\nmax 4\noom 3\noom_kill {}\n", "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"]
)
def test_each_kill_counts_for_one_worker_in_either_version_of_cgroups(tmp_path: Path, text: str) -> None:
    place, clock = tmp_path / "events", Clock()
    place.write_text(text.format(5))
    watch = OomWatch((tmp_path / "missing", place), clock)
    assert not watch.struck()
    place.write_text(text.format(7))
    assert [watch.struck(), watch.struck(), watch.struck()] == [True, True, False]


def test_a_kill_of_long_ago_says_nothing_of_a_worker_that_dies_now(tmp_path: Path) -> None:
    place, clock = tmp_path / "vmstat", Clock()
    place.write_text("pgfault 3\noom_kill 0\n")
    watch = OomWatch((place,), clock)
    place.write_text("pgfault 9\noom_kill 1\n")  # somebody else on the host
    clock.now += 5.0
    watch.look()
    clock.now += 60.0
    assert not watch.struck()


def test_a_kill_that_was_noted_a_moment_ago_still_counts(tmp_path: Path) -> None:
    place, clock = tmp_path / "events", Clock()
    place.write_text("oom_kill 0\n")
    watch = OomWatch((place,), clock)
    place.write_text("oom_kill 1\n")  # a large process is killed, and takes a second to end
    clock.now += 5.0
    assert watch.look() == pytest.approx(5.0)
    clock.now += 1.0
    assert watch.struck()


def test_nothing_is_said_where_the_system_does_not_tell(tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("oom_kill many\n")
    assert not OomWatch((tmp_path / "odd", tmp_path / "missing"), Clock()).struck()


def test_the_counts_stand_where_the_process_is_a_member() -> None:
    root = Path("/r")
    assert places("0::/a/b\n", root) == (root / "a/b/memory.events", root / "memory.events")
    old = places("11:cpu,cpuacct:/x\n7:memory:/docker/1\n", root)
    assert old == (root / "memory/docker/1/memory.oom_control", root / "memory/memory.oom_control")
    assert places("", root) == ()
