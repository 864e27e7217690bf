import os
import subprocess
import sys
from pathlib import Path

from scoreboard.memory import has_children, private, resident, tree_resident, tree_size
from scoreboard.processes import ProcessTable

MB = 1 << 20


def process(proc: Path, pid: int, parent: int, name: str = "x") -> None:
    (proc / str(pid)).mkdir(exist_ok=True)
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) S {parent} 1 1 0")


def test_descendants_are_children_and_theirs_whatever_they_are_called(tmp_path: Path) -> None:
    for pid, parent, name in ((1, 0, "init"), (5, 1, "a b) S 9"), (6, 5, "x"), (7, 6, ")"), (8, 1, "y")):
        process(tmp_path, pid, parent, name)
    (tmp_path / "meminfo").write_text("")
    table = ProcessTable(str(tmp_path))
    table.refresh()
    assert sorted(table.descendants(5)) == [6, 7]
    assert sorted(table.children(1)) == [5, 8]
    assert table.descendants(7) == table.descendants(99) == []


def test_one_whose_parent_is_gone_is_found_at_its_new_one(tmp_path: Path) -> None:
    for pid, parent in ((1, 0), (5, 1), (6, 5)):
        process(tmp_path, pid, parent)
    table = ProcessTable(str(tmp_path))
    table.refresh()
    (tmp_path / "5" / "stat").unlink()
    (tmp_path / "5").rmdir()
    process(tmp_path, 6, 1)
    table.refresh()
    assert table.descendants(1) == [6]


def test_a_second_look_reads_only_what_is_new(tmp_path: Path) -> None:
    for pid, parent in ((1, 0), (5, 1)):
        process(tmp_path, pid, parent)
    table = ProcessTable(str(tmp_path))
    table.refresh()
    (tmp_path / "5" / "stat").write_text("nothing that could be read")
    process(tmp_path, 6, 5)
    table.refresh()
    assert sorted(table.descendants(1)) == [5, 6]


def test_a_system_without_proc_has_no_processes() -> None:
    table = ProcessTable("/nowhere")
    table.refresh()
    assert table.descendants(os.getpid()) == []


def test_a_tree_is_weighed_with_its_leaves_and_one_that_is_gone_weighs_nothing() -> None:
    code = "x = b'1' * (48 << 20); print(1, flush=True); import sys; sys.stdin.read()"
    shell = f'{sys.executable} -c "{code}"; true'
    with subprocess.Popen(["sh", "-c", shell], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert has_children()
        table = ProcessTable()
        table.refresh()
        assert resident(parent.pid) < 40 * MB < tree_resident(parent.pid, table)
        assert tree_size(parent.pid, table, 1) > 40 * MB
        assert all(private(pid) > 40 * MB for pid in table.descendants(parent.pid))
    table.refresh()
    assert (resident(parent.pid), private(parent.pid), tree_resident(parent.pid, table)) == (0, 0, 0)


def test_pages_that_a_fork_shares_with_its_parent_are_not_held_against_it_twice() -> None:
    code = (
        "import os, sys\nx = b'1' * (64 << 20)\nr, w = os.pipe()\n"
        "if os.fork() == 0:\n    os.close(w)\n    os.read(r, 1)\n    os._exit(0)\n"
        "print(1, flush=True)\nsys.stdin.read()\nos.close(w)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        table = ProcessTable()
        table.refresh()
        assert tree_resident(parent.pid, table) > 2 * 64 * MB
        assert tree_size(parent.pid, table, 100 * MB) < 100 * MB
