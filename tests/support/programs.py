"""A herd of programs alone, for tests of them: no store, no workers, so it is there at once."""

from collections.abc import Callable
from typing import Any

from config import Places
from supervisor.outside import client
from tests.support.herd import Herd
from tests.support.processes import eventually

WITHIN = 15.0
# Nobody listens there, and nobody waits for it.
NO_STORE = "redis://127.0.0.1:1/0"


class Programs(Herd):
    """A herd of programs alone."""

    def __init__(self, *programs: dict[str, Any], files: dict[str, str] | None = None) -> None:
        bare: dict[str, Any] = {"pools": [], "janitor": {"enabled": False}, "gateway": {"enabled": False}}
        super().__init__(url=NO_STORE, programs=list(programs), **bare)
        for name, text in (files or {}).items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)

    def begin(self) -> "Programs":
        """Start, and wait until it answers."""
        self.start()
        eventually(Places(self.config.data_dir).control_socket.exists, WITHIN, self.tail)
        eventually(self.seen, WITHIN, self.tail)
        return self

    def ask(self, verb: str, **args: Any) -> Any:
        """Ask the socket; quicker than the command line."""
        return client.ask(Places(self.config.data_dir).control_socket, verb, args)

    def seen(self) -> dict[str, Any]:
        """What `status` says of each instance, by name."""
        return {one["name"]: one for one in self.ask("status")["programs"]}

    def state(self, name: str) -> str:
        return str(self.seen()[name]["state"])

    def reaches(self, name: str, state: str) -> dict[str, Any]:
        """Wait until an instance is in that state, and answer what is said of it."""
        eventually(lambda: self.state(name) == state, WITHIN, lambda: f"{self.seen()[name]}\n{self.tail()}")
        return self.seen()[name]  # type: ignore[no-any-return]

    def said(self, *words: str, times: int = 1) -> list[str]:
        """Wait until a line with all the words was printed so often, and answer such lines."""

        def lines() -> list[str]:
            log = self.log.read_text(errors="replace") if self.log.exists() else ""
            found = [line for line in log.splitlines() if all(word in line for word in words)]
            return found if len(found) >= times else []

        return eventually(lines, WITHIN, self.tail)

    def pid_in(self, name: str) -> int:
        """The number that a program has written into a file."""
        path = self.folder / name
        return int(eventually(lambda: path.exists() and path.read_text().strip(), WITHIN, self.tail))


MakePrograms = Callable[..., Programs]
