"""From the config to minders: which programs and pools start anew by the clock, or by their files."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from config import Program
from config.watch import Watch
from supervisor.pools.pool import Pool
from supervisor.processes.child import Nursery
from supervisor.processes.outputs import Outputs
from supervisor.services.minder import Minder
from supervisor.services.rota import Rota
from supervisor.services.service import Service
from supervisor.services.wall_clock import CronClock
from supervisor.services.watch_link import WatchLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Minding:
    """What all minders are made with."""

    nursery: Nursery
    outputs: Outputs
    env: Mapping[str, str]  # of a watcher
    wake: Callable[[], None]

    def program(self, program: Program, services: Callable[[], Sequence[Service]]) -> Minder | None:
        """Answer what restarts a program; None when nothing does."""
        if program.cron_restart is None and program.watch is None:
            return None
        rota = Rota(services)
        clock = CronClock(program.cron_restart, program.timezone, time.time()) if program.cron_restart else None
        return self._made(Minder(program.name, self._waking(rota.ask), rota.reconcile, clock=clock), program.watch)

    def pool(self, pool: Pool, watch: Watch | None) -> Minder | None:
        """Answer what reloads a pool when its files change; None when nothing does. A stopped one stays so."""
        if watch is None:
            return None

        def ask(_cause: str) -> None:
            if not pool.stopped:
                pool.restart()

        return self._made(Minder(pool.name, ask), watch)

    def _made(self, minder: Minder, watch: Watch | None) -> Minder:
        if watch is not None:
            minder.watch = WatchLink(
                minder.of, watch, self.nursery, self.outputs, self.env, changed=minder.changed, wake=self.wake
            )
        return minder

    def _waking(self, ask: Callable[[str], None]) -> Callable[[str], None]:
        def asked(cause: str) -> None:
            ask(cause)
            self.wake()

        return asked
