"""circusd with one watcher."""

import shlex

from bench.rivals.contender import Contender, program


class Circus(Contender):
    name = "circus"
    needs = "circusd"

    def start(self) -> None:
        ends = "".join(f"{kind} = ipc://{self.folder}/{kind}\n" for kind in ("endpoint", "pubsub_endpoint"))
        logs = "".join(
            f"{name}_stream.class = FileStream\n{name}_stream.filename = {self.folder}/bench.log\n"
            for name in ("stdout", "stderr")
        )
        (self.folder / "c.ini").write_text(
            f"[circus]\n{ends}check_delay = 5\n"
            f"[watcher:bench]\ncmd = {shlex.join(self.command)}\nnumprocesses = {self.count}\ncopy_env = True\n"
            f"graceful_timeout = 30\n{logs}"
        )
        self.launch(program("circusd"), "c.ini")

    def reload(self) -> None:
        self.run(program("circusctl"), "--endpoint", f"ipc://{self.folder}/endpoint", "reload", "bench")
