from pathlib import Path

import pytest

from supervisor.pools.capacity import CpuMeter, Memory, memory

MB = 1 << 20
HOST = {"proc/meminfo": "MemTotal: 8192 kB\nMemFree: 1 kB\nMemAvailable: 6144 kB\n"}
V2 = {
    "proc/self/mountinfo": "30 20 0:26 / /cg rw shared:4 - cgroup2 cgroup2 rw\n",
    "proc/self/cgroup": "0::/a/b\n",
}


@pytest.fixture
def tree(tmp_path: Path):
    """Writes files of an invented system; gives its root."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return make


def test_without_groups_the_host_counts(tree) -> None:
    assert memory(tree(HOST)) == Memory(8 * MB, 2 * MB)
    assert memory(tree({"proc/meminfo": ""})) is None


def test_the_group_with_the_least_free_counts_and_dropped_caches_do_not(tree) -> None:
    root = tree(
        HOST
        | V2
        | {
            "cg/a/b/memory.max": f"{4 * MB}",
            "cg/a/b/memory.current": f"{3 * MB}",
            "cg/a/b/memory.stat": f"anon 1\ninactive_file {2 * MB}\n",
            "cg/a/memory.max": f"{5 * MB}",
            "cg/a/memory.current": f"{4 * MB}",
        }
    )
    assert memory(root) == Memory(5 * MB, 4 * MB)
    (root / "cg/a/memory.max").write_text("max\n")
    assert memory(root) == Memory(4 * MB, 1 * MB)


def test_version_one_says_no_limit_with_a_large_number(tree) -> None:
    root = tree(
        HOST
        | {
            "proc/self/mountinfo": "31 20 0:27 / /cg/memory rw - cgroup cgroup rw,memory\n",
            "proc/self/cgroup": "4:memory:/x\n",
            "cg/memory/x/memory.limit_in_bytes": "9223372036854771712\n",
            "cg/memory/x/memory.usage_in_bytes": "1\n",
        }
    )
    assert memory(root) == Memory(8 * MB, 2 * MB)
    (root / "cg/memory/x/memory.limit_in_bytes").write_text(f"{2 * MB}\n")
    assert memory(root) == Memory(2 * MB, 1)


def test_the_share_of_a_quota_is_what_the_group_used_of_it(tree) -> None:
    root = tree(V2 | {"cg/a/b/cpu.max": "200000 100000\n", "cg/a/b/cpu.stat": "usage_usec 1000000\n"})
    meter = CpuMeter(root)
    assert meter.share(10.0) == 0.0
    (root / "cg/a/b/cpu.stat").write_text("usage_usec 2000000\n")
    assert meter.share(11.0) == 0.5
    assert meter.share(11.1) == 0.5


def test_without_a_quota_the_host_s_busy_time_counts(tree, monkeypatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.sysconf", lambda _name: 100)
    root = tree({"proc/stat": "cpu 100 0 0 900 50 0 0 0 0 0\ncpu0 1 2\n"})
    meter = CpuMeter(root)
    meter.share(1.0)
    (root / "proc/stat").write_text("cpu 150 0 0 950 50 0 0 0 0 0\n")
    assert meter.share(2.0) == 0.25
