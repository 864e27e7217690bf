"""A nursery that hands out children of straw: a service's life without a process."""

from dataclasses import dataclass, field
from signal import Signals
from typing import Any

from supervisor.deaths.certificates import Certificates
from supervisor.processes.child import Launch
from supervisor.processes.children import OnExit
from supervisor.services.restart import Policy
from supervisor.services.rule import Hooks, Rule
from supervisor.services.service import Service


@dataclass
class Straw:
    """A child that only remembers what it was told."""

    pid: int
    adopted: bool = False
    heard: list[str] = field(default_factory=list)

    def signal(self, number: Signals) -> bool:
        self.heard.append(number.name)
        return True

    def signal_group(self, number: Signals) -> None:
        self.heard.append(f"group {number.name}")

    def kill_group(self) -> None:
        self.heard.append("kill group")


class Nursery:
    """Ends its last child when the test calls `on_exit`; refuses to start one when told to."""

    def __init__(self) -> None:
        self.children: list[Straw] = []
        self.on_exit: OnExit = lambda _end: None
        self.refuse: OSError | None = None
        self.certificates = Certificates()

    def spawn(self, _launch: Launch, on_exit: OnExit) -> Straw:
        if self.refuse is not None:
            raise self.refuse
        self.on_exit = on_exit
        self.children.append(Straw(100 + len(self.children)))
        return self.children[-1]

    def adopt(self, pid: int, _pidfd: int, on_exit: OnExit) -> Straw:
        self.on_exit = on_exit
        self.children.append(Straw(pid, adopted=True))
        return self.children[-1]


def service(nursery: Nursery, restart: str = "always", **hooks: Any) -> Service:
    """A service of such children: no jitter, ten seconds to stop."""
    rule = Rule(restart=restart, policy=Policy(base=1.0, jitter=0.0), stop_timeout=10.0)
    return Service("it", nursery, lambda: Launch(command=("it",), env={}), rule=rule, hooks=Hooks(**hooks))  # type: ignore[arg-type]  # straw
