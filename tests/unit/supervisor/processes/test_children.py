"""Histories of deaths, replayed without a process."""

from collections.abc import Callable

import pytest

from supervisor.processes.children import Children, Exit
from supervisor.processes.reap import Reaper, as_exit


class Kernel:
    """Zombies in the order in which they died."""

    def __init__(self, *dead: tuple[int, Exit]) -> None:
        self.zombies = list(dead)
        self.collected: list[int] = []
        self.groups_killed: list[int] = []

    def look(self) -> tuple[int, Exit] | None:
        return self.zombies[0] if self.zombies else None

    def collect(self, pid: int) -> None:
        self.collected.append(pid)
        self.zombies = [zombie for zombie in self.zombies if zombie[0] != pid]

    def kill_group(self, pid: int) -> None:
        assert any(zombie[0] == pid for zombie in self.zombies), "the group's number may be somebody else's by now"
        self.groups_killed.append(pid)


def reaper(children: Children, kernel: Kernel) -> Reaper:
    return Reaper(children, look=kernel.look, bury=kernel.collect, clear=kernel.kill_group)


def test_each_owner_is_told_of_its_own_death_and_strangers_are_only_counted() -> None:
    told: dict[str, Exit] = {}
    children = Children()
    children.add(10, lambda end: told.update(gateway=end))
    children.add(11, lambda end: told.update(store=end))
    kernel = Kernel((11, Exit(signal=9)), (99, Exit(code=0)), (10, Exit(code=3)))
    sweeper = reaper(children, kernel)
    assert sweeper.sweep() == 3
    assert told == {"store": Exit(signal=9), "gateway": Exit(code=3)}
    assert kernel.collected == [11, 99, 10]
    assert sweeper.strangers == 1
    assert len(children) == 0


def test_the_rest_of_a_group_is_killed_while_its_leader_is_still_a_zombie() -> None:
    children = Children()
    children.add(10, lambda _end: None, leads_group=True)
    children.add(11, lambda _end: None)
    kernel = Kernel((10, Exit(code=0)), (11, Exit(code=0)))
    reaper(children, kernel).sweep()
    assert kernel.groups_killed == [10]


def test_a_worker_reported_by_its_zygote_is_not_told_again() -> None:
    told: list[Exit] = []
    children = Children()
    children.add(20, told.append)
    children.forget(20)
    assert not children.exited(20, Exit(signal=9))
    assert told == []


def test_a_worker_of_a_dead_zygote_reaches_its_seat() -> None:
    told: list[str] = []
    children = Children()
    children.add(5, lambda end: told.append(f"zygote {end}"))
    children.add(20, lambda end: told.append(f"worker {end}"), leads_group=True)
    reaper(children, Kernel((5, Exit(signal=9)), (20, Exit(signal=11)))).sweep()
    assert told == ["zygote signal 9 (SIGKILL)", "worker signal 11 (SIGSEGV)"]


def test_an_owner_that_fails_does_not_keep_the_others_from_being_told() -> None:
    told: list[Exit] = []

    def fail(_end: Exit) -> None:
        raise RuntimeError("a mistake of ours")

    children = Children()
    children.add(1, fail)
    children.add(2, told.append)
    assert reaper(children, Kernel((1, Exit(code=0)), (2, Exit(code=0)))).sweep() == 2
    assert told == [Exit(code=0)]


def test_an_owner_may_start_a_successor_while_it_is_told() -> None:
    children = Children()
    told: list[int] = []

    def successor(pid: int) -> Callable[[Exit], None]:
        def on_exit(_end: Exit) -> None:
            told.append(pid)
            if pid < 3:
                children.add(pid + 1, successor(pid + 1))

        return on_exit

    children.add(1, successor(1))
    reaper(children, Kernel((1, Exit(code=1)), (2, Exit(code=1)), (3, Exit(code=1)))).sweep()
    assert told == [1, 2, 3]


def test_a_pid_that_is_known_cannot_be_added_again() -> None:
    children = Children()
    children.add(1, lambda _end: None)
    with pytest.raises(ValueError, match="already known"):
        children.add(1, lambda _end: None)


def test_code_and_signal_stay_apart() -> None:
    exited, killed, dumped = 1, 2, 3  # CLD_EXITED, CLD_KILLED, CLD_DUMPED
    assert as_exit(exited, 9) == Exit(code=9)
    assert as_exit(killed, 9) == Exit(signal=9)
    assert as_exit(dumped, 11) == Exit(signal=11, core=True)
    assert str(Exit(code=9)) == "exit 9"
    assert str(Exit()) == "unknown end"
    assert not Exit(signal=9).clean
    assert Exit(code=0).clean
