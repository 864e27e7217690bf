"""Everything a work loop works with, made once after the fork and handed over whole."""

from dataclasses import dataclass

from engine.engine import Engine
from scoreboard import KeeperRecord, WorkerRecord
from worker.idle import Idle
from worker.ledger import Ledger
from worker.order import QueueOrder
from worker.plans import Plans
from worker.signals import Requests
from worker.sweep import StandIn
from worker.vigil import Vigil


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
