"""The arbiter: one loop that brings what is nearer to what is wanted, until it is told to leave.

signals ──┐                                  ┌─> logger, store, pools, janitor, gateway, programs
commands ─┼─> change a goal, wake ──> reconcile ──> each answers when it wants to be looked at again
ends ─────┘                                  └─> when leaving: shutdown's stages
"""

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from scoreboard.memory import tree_resident
from supervisor.applying.apply_job import Wish
from supervisor.herd import Herd
from supervisor.pools.draining import DrainTeller
from supervisor.pools.strays import Strays
from supervisor.processes.memory import give_back
from supervisor.processes.reap import Reaper
from supervisor.services.essential import essential_end
from supervisor.services.memory_limit import restart_the_large
from supervisor.services.states import State
from supervisor.shutdown import Shutdown

if TYPE_CHECKING:
    from supervisor.applying.applier import Applier
    from supervisor.outside.herald import Herald

log = logging.getLogger(__name__)

_SAMPLE_S = 1.0  # how often worker memory and readiness are looked at
_BOOTING_S = 0.05  # the same while a worker starts
_BOOT_PATIENCE_S = 10.0  # … but only so long: a worker that waits for the store may start for hours


class Reconcilable(Protocol):
    """A ward as the loop sees it."""

    @property
    def name(self) -> str:
        """Name for people."""

    def reconcile(self, now: float) -> float:
        """Bring what is nearer to what is wanted; answer when to look again."""


class Arbiter:
    """Duties: the loop; implements Commander (what signals ask for). Owns no process: the wards do.

    Nothing here waits for anything but time and `wake`.
    """

    def __init__(self, herd: Herd, reaper: Reaper, addresses: dict[str, str]) -> None:
        self.herd = herd
        self.herald: Herald | None = None  # tells those outside; without it nobody is told
        self.addresses = addresses
        self.started = time.monotonic()
        self.leaving: Shutdown | None = None
        self.applier: Applier | None = None  # set when there is one: it works on what we are given
        self._reaper = reaper
        self.strays = Strays(reaper.known, herd.incarnations, herd.strays_killed)
        self._wake = asyncio.Event()
        self._sampled = 0.0
        self._announced = False
        self._hurried = False
        self.fate = 0  # the exit status that an essential one left us
        self.refusal = ""  # why the config cannot be used, after all
        self._teller = DrainTeller()

    def wake(self) -> None:
        """Have the loop look at everything again."""
        self._wake.set()

    async def run(self) -> bool:
        """Work until everything has been stopped; True when nothing had to be left behind or cut short."""
        while True:
            self._wake.clear()
            now = time.monotonic()
            due = self._reconcile(now)
            if self.leaving is not None and self.leaving.done and not self.strays.remain(now):
                return self.leaving.clean and not self._hurried
            await self._sleep(due - time.monotonic())

    # what signals ask for ------------------------------------------------------------------------------------

    def drain(self, why: str) -> None:
        """Drain and exit; asked twice: kill now."""
        if self.leaving is not None:
            self.kill_now(f"{why} once more")
            return
        log.info("%s: draining", why)
        self.leaving = Shutdown(self.herd.stages())
        self.wake()

    def kill_now(self, why: str) -> None:
        """Exit without a drain."""
        log.warning("%s: killing what still runs", why)
        if self.leaving is None:
            self.leaving = Shutdown(self.herd.stages())
        self._hurried = True
        self.leaving.hurry(time.monotonic())
        self.wake()

    def roll_all(self) -> None:
        """Read the config file again, apply it, and replace all workers, one after the other in each pool."""
        if self.leaving is None and self.applier is not None:
            self.applier.ask(Wish(asked_by="SIGHUP", roll=True))

    def add_worker(self, change: int) -> None:
        """One worker more or less in the first pool."""
        if self.leaving is None and self.herd.pools:
            pool = self.herd.pools[0]
            self.herd.autoscaling.set_by_hand(pool, by_hand=True)
            log.info("pool %s: %d workers wanted", pool.name, pool.scale(pool.desired + change))
            self.remember()

    def remember(self) -> None:
        """Keep on disk what was set at run time; a shutdown's own goals are not among it."""
        if self.leaving is None and self.applier is not None:
            self.applier.remember()

    def reopen_logs(self) -> None:
        """Open the log files anew."""
        self.herd.logger.reopen()

    def upgrade(self) -> None:
        """Execute the release on the disk in place."""
        if self.leaving is None and self.herd.upgrade is not None:
            self.herd.upgrade.ask(time.monotonic())

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is: no moment for an upgrade."""
        if self.leaving is not None:
            return "the supervisor is shutting down"
        if self.applier is not None and self.applier.busy:
            return "another config is being applied"
        return self.herd.unrest

    def save(self) -> dict[str, Any]:
        """Answer what is to be known of the loop for the supervisor that follows in this process."""
        applies = self.applier.save() if self.applier is not None else None
        return {"started": self.started, "announced": self._announced, "applies": applies}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on where the loop was."""
        self.started, self._announced = saved["started"], saved["announced"]
        applies = saved.get("applies")  # not of an older release
        if applies is not None and self.applier is not None:
            self.applier.restore(applies)

    def reap(self) -> None:
        """Collect dead children."""
        self._reaper.sweep()

    # the pass ------------------------------------------------------------------------------------------------

    def _reconcile(self, now: float) -> float:
        times = [_tended(ward, now) for ward in self.herd.wards()]
        if self.leaving is not None:
            due = self.leaving.advance(now)
            times.append(math.inf if due is None else due)
        else:
            self.herd.admission.look(self.herd.pools, now)
            self._announce()
            if self.applier is not None:
                times.append(_tended(self.applier, now))
            self._end_with_the_essential()
        times.append(self.strays.reconcile(now))
        times.append(self._sample(now))
        times.append(self._tell(now))
        return min(times)

    def _sample(self, now: float) -> float:
        """Look at memory once a second, and at booting workers more often, for a while."""
        if now >= self._sampled + _SAMPLE_S:
            self._sampled = now
            self._teller.look(self.herd.pools, now)
            for seat in (seat for pool in self.herd.pools for seat in pool.seats):
                if seat.pid is not None:
                    seat.measured(tree_resident(seat.pid, self.strays.table))
            if self.leaving is None:
                restart_the_large(self.herd, self.strays.table, now)
                self.herd.autoscaling.look(self.herd.pools, self.herd.board, now)
        booting = any(
            seat.state is State.STARTING and now - seat.since < _BOOT_PATIENCE_S
            for pool in self.herd.pools
            for seat in pool.seats
        )
        return now + _BOOTING_S if booting else self._sampled + _SAMPLE_S

    def _tell(self, now: float) -> float:
        try:
            return self.herald.look(self, now) if self.herald is not None else math.inf
        except Exception:
            log.exception("those outside could not be told; trying again")
            return now + _SAMPLE_S

    def _announce(self) -> None:
        self._look_for_refusal()
        if (
            self._announced
            or not self.herd.pools
            or self.herd.admission.pending
            or not all(pool.settled for pool in self.herd.pools)
        ):
            return
        self._announced = True
        workers = sum(pool.target for pool in self.herd.pools)
        where = ", ".join(f"{name} http://{address}" for name, address in self.addresses.items())
        log.info("all workers running (%d)%s", workers, f"; {where}" if where else "")
        give_back()

    def _end_with_the_essential(self) -> None:
        end = essential_end(self.herd)
        if end is not None:
            self.fate = end.status
            self.drain(end.why)

    def _look_for_refusal(self) -> None:
        """Leave when the file cannot be meant so; once all have been up, it is a reload's own failure."""
        refusals = [pool.refused for pool in self.herd.pools if pool.refused]
        if refusals and not self._announced:
            self.refusal = "\n".join(refusals)
            self.drain("the config is refused")

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            # Whatever wants to be looked at again at once lets the others have their turn first.
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(None if math.isinf(seconds) else seconds):
                await self._wake.wait()
        except TimeoutError:
            return


def _tended(ward: Reconcilable, now: float) -> float:
    try:
        return ward.reconcile(now)
    except Exception:
        # A mistake of ours about one of them must not leave all the others without a supervisor.
        log.exception("%s could not be looked after; trying again", ward.name)
        return now + _SAMPLE_S
