"""The life of a worker process, from the moment after its fork to its exit status."""

import logging
import os
import secrets
import socket
import time
from typing import TYPE_CHECKING

from engine import EngineError, WorkerInfo
from engine.clients.engine import Engine, StoppedWaiting
from engine.store.bell import Bell
from scoreboard import ExitReason, WorkerRecord, WorkerState
from worker.loop.announcement import announcement
from worker.loop.idle import Idle
from worker.loop.loop import WorkLoop
from worker.loop.order import QueueOrder
from worker.loop.recycle import age_limit, jobs_limit
from worker.loop.signals import Requests
from worker.loop.station import Station
from worker.loop.sweep import StandIn
from worker.loop.vigil import Vigil
from worker.processes.mark import leave_mark
from worker.processes.posting import Posting
from worker.run.context import told_to_stop
from worker.run.executor import Executor
from worker.run.ledger import Ledger
from worker.run.middleware import around_all
from worker.run.own_client import own_client
from worker.run.packing import carrying, codec_of
from worker.run.patience import Patience
from worker.run.plans import Plans
from worker.run.timeouts import Alarm
from worker.tasks import hooks
from worker.tasks.registry import tasks
from worker.telling.reporter import Reporter, install
from worker.tracing import tracing

if TYPE_CHECKING:
    from worker.tracing.run_spans import Runs

log = logging.getLogger(__name__)
DRAINED, FAILED = 0, 1
_BITS = 64


def live(posting: Posting, slot: int, rank: int) -> int:
    """Be the worker in ``slot``; returns the exit status: 0 left by itself, 1 an error of ours."""
    # Made after the fork: no two processes ever speak with the same one.
    incarnation = secrets.randbits(_BITS - 1) | 1
    record = posting.board.worker(slot)
    record.begin(os.getpid(), incarnation, posting.generation)
    leave_mark(f"{posting.pool.name}.{rank}", incarnation)
    requests = Requests()
    requests.install()
    install(Reporter(posting.url, posting.namespace, incarnation))
    runs = tracing.consumer(posting.config)
    station = make_station(posting, slot, rank, incarnation, record, requests, runs)
    try:
        hooks.started()
    except Exception:
        log.exception("on_start failed; this worker gives up")
        return FAILED
    if runs:
        runs.begin(posting, rank)  # after on_start: a provider that the tasks set up there is used
    try:
        reason = _work(posting, station, slot, rank, incarnation)
    except EngineError:
        log.exception("the store refused; this worker gives up")
        return FAILED
    finally:
        hooks.stopped()
        station.idle.close()
        station.engine.close()
        if runs:
            runs.flush()
    record.leave(reason)
    log.info("worker leaves: %s", reason.name.lower().replace("_", " "))
    return DRAINED


def make_station(
    posting: Posting,
    slot: int,
    rank: int,
    incarnation: int,
    record: WorkerRecord,
    requests: Requests,
    runs: "Runs | None" = None,
) -> Station:
    """Everything the work loop needs, connected lazily: nothing here waits for the store."""
    pool = posting.pool
    idle = Idle(lambda: Bell(posting.url, posting.namespace, pool.queues), requests, posting.lifeline)
    vigil = Vigil(
        record,
        requests,
        idle,
        limit=jobs_limit(pool.max_jobs, rank, pool.instances),
        max_memory=pool.max_memory_restart,
        max_age_s=age_limit(pool.max_age, rank, pool.instances),
        supervised=posting.supervised,
        patience_s=pool.drain_timeout,
    )
    own_client.post(posting.url, posting.namespace, incarnation, carrying(posting.config))
    engine = Engine(posting.url, posting.namespace, incarnation=incarnation, idle=vigil.wait)
    order = QueueOrder(pool.queues, pool.queue_weights, ageing=pool.ageing)
    layers = [runs.layer, *around_all] if runs else around_all
    plans = Plans(posting.config, tasks, posting.board.series(slot), codec=codec_of(posting.config), layers=layers)
    return Station(
        engine=engine,
        record=record,
        keeper=posting.board.keeper(slot),
        plans=plans,
        ledger=(runs.ledger if runs else Ledger)(engine, plans, Patience(vigil.wait), order.skip, record.kinds.note),
        requests=requests,
        idle=idle,
        vigil=vigil,
        order=order,
        stand_in=StandIn(engine, posting.max_crashes),
        lease=posting.lease,
        max_batch=pool.max_batch,
    )


def _work(posting: Posting, station: Station, slot: int, rank: int, incarnation: int) -> ExitReason:
    info = WorkerInfo(
        incarnation=f"{incarnation:x}",
        host=socket.gethostname(),
        pid=os.getpid(),
        pool=posting.pool.name,
        slot=slot,
        generation=posting.generation,
        started_at=time.time(),
        beat_at=time.time(),
        queues=tuple(posting.pool.queues),
    )
    said = announcement(posting.config, posting.pool, tasks)
    patience = Patience(station.vigil.wait)
    try:
        patience(lambda: station.engine.register(info, *said))
    except StoppedWaiting:
        return station.vigil.reason() or ExitReason.DRAINED
    station.plans.announce(posting.pool.queues)
    station.record.set_state(WorkerState.IDLE)
    if posting.pool.http_port is not None:
        from worker.page.processor import serve  # few workers answer HTTP, and it costs memory

        serve(posting, slot, rank)
    if posting.pool.concurrency > 1:
        from worker.loop.parallel import ParallelLoop  # brings threads along

        return ParallelLoop(station, posting.pool.concurrency).run()
    executor = Executor(Alarm(lambda: told_to_stop(station.keeper.cancel)))
    executor.prepare()
    try:
        return WorkLoop(station, executor).run()
    finally:
        executor.close()
