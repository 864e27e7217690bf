import os
from pathlib import Path

import pytest

from config import cpus

V2_MOUNT = "30 20 0:26 {top} /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
V1_MOUNT = "31 20 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"


@pytest.fixture
def tree(tmp_path):
    """Writes files of an invented system; gives its root."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return make


@pytest.fixture(autouse=True)
def eight_cpus(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)


def v2(quota: str, group: str = "/app", top: str = "/", at: str = "app/") -> dict[str, str]:
    return {
        "proc/self/mountinfo": V2_MOUNT.format(top=top),
        "proc/self/cgroup": f"0::{group}\n",
        f"sys/fs/cgroup/{at}cpu.max": quota,
    }


def test_without_cgroups_the_affinity_counts(tree):
    assert cpus.available(tree({})) == 8


@pytest.mark.parametrize(
    ("quota", "count"),
    [
        ("200000 100000\n", 2),
        ("250000 100000\n", 2),
        ("50000 100000\n", 1),
        ("max 100000\n", 8),
        ("9900000 100000", 8),
        ("", 8),
        ("x y", 8),
        ("1 0", 8),
    ],
)
def test_a_quota_of_cgroup_v2_is_whole_cpus_rounded_down_and_at_least_one(tree, quota, count):
    assert cpus.available(tree(v2(quota))) == count


def test_the_tightest_limit_on_the_way_up_counts(tree):
    files = v2("400000 100000", group="/a/b", at="a/b/") | {"sys/fs/cgroup/a/cpu.max": "300000 100000"}
    assert cpus.available(tree(files)) == 3


def test_in_a_container_the_mount_point_is_our_own_group(tree):
    assert cpus.available(tree(v2("200000 100000", group="/docker/x", top="/docker/x", at=""))) == 2
    assert cpus.available(tree(v2("300000 100000", group="/../../x", at=""))) == 3


def test_a_quota_of_cgroup_v1_counts_and_minus_one_is_none(tree):
    files = {
        "proc/self/mountinfo": V1_MOUNT,
        "proc/self/cgroup": "4:memory:/app\n3:cpu,cpuacct:/app\n0::/\n",
        "sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us": "300000\n",
        "sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us": "100000\n",
    }
    assert cpus.available(tree(files)) == 3
    assert cpus.quota(tree({"sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us": "-1\n"})) is None


def test_this_machine_has_at_least_one():
    assert cpus.available() >= 1
