"""Herdsman twice: with a pool, as it is meant, and with the others' worker as a program."""

import sys

from bench.rivals.contender import Contender
from engine import Client

_HEAD = "gateway: {{enabled: false}}\nmetrics: {{enabled: false}}\nredis: {{url: '{store}'}}\ndata_dir: {folder}/d\n"


class Program(Contender):
    """The others' worker, kept alive by herdsman."""

    name = "herdsman, program"

    def body(self) -> str:
        """The part of the file that names the workers."""
        command = ", ".join(f"'{word}'" for word in self.command)
        return (
            f"janitor: {{enabled: false}}\nprograms: [{{name: bench, command: [{command}], instances: {self.count}}}]\n"
        )

    def start(self) -> None:
        (self.folder / "config.yaml").write_text(_HEAD.format(store=self.store, folder=self.folder) + self.body())
        self.launch(sys.executable, "-m", "supervisor", "-c", "config.yaml")

    def reload(self) -> None:
        self.run(sys.executable, "-m", "supervisor", "-c", "config.yaml", "restart", "bench")


class Pool(Program):
    """Jobs of its own queue, run by its own workers."""

    name = "herdsman, pool"
    note = "its reload has a canary finish jobs before the rest follows"

    def body(self) -> str:
        return f"pools: [{{name: bench, tasks: [bench.rivals.pool_tasks], instances: {self.count}}}]\n"

    def reload(self) -> None:
        self.run(sys.executable, "-m", "supervisor", "-c", "config.yaml", "reload", "bench")

    def start(self) -> None:
        super().start()
        self._client = Client(self.store)
        self._jobs: list[str] = []

    def stop(self) -> None:
        self._client.close()
        super().stop()

    def offer(self, number: int, seconds: float) -> None:
        del number
        self._jobs.append(self._client.enqueue("nap", {"seconds": seconds}, keep=600).id)

    def lost(self, offered: int) -> int:
        done = self._client.wait(self._jobs, 60)
        return offered - sum(str(job.state) == "completed" for job in done.values())
