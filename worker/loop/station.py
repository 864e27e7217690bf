"""Everything a work loop works with, made once after the fork and handed over whole."""

from dataclasses import dataclass

from engine.clients.engine import Engine
from scoreboard import KeeperRecord, WorkerRecord
from worker.loop.idle import Idle
from worker.loop.order import QueueOrder
from worker.loop.signals import Requests
from worker.loop.sweep import StandIn
from worker.loop.vigil import Vigil
from worker.run.ledger import Ledger
from worker.run.plans import Plans


@dataclass(frozen=True, slots=True)
class Station:
    """One worker's place of work. lease in seconds; max_batch: most jobs claimed in one call."""

    engine: Engine
    record: WorkerRecord
    keeper: KeeperRecord
    plans: Plans
    ledger: Ledger
    requests: Requests
    idle: Idle
    vigil: Vigil
    order: QueueOrder
    stand_in: StandIn
    lease: float
    max_batch: int
