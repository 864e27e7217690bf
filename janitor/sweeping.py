"""A janitor's life: behind the lock of its pid file it goes through its duties until it is told to stop."""

import logging
import secrets
import socket

import config
from config import Config
from engine.charts.counting import Keep
from engine.clients.engine import Engine
from engine.errors import EngineError
from engine.schedules.schedule import Schedule
from engine.store.bell import Bell
from engine.store.connection import open_connection
from janitor.alarm import Alarm
from janitor.doctor import Doctor
from janitor.duty import Duty
from janitor.flow_keeper import FlowKeeper
from janitor.nap import Nap
from janitor.pidfile import AlreadyRunning, PidFile
from janitor.promoter import Promoter
from janitor.pruner import Pruner
from janitor.rescuer import Rescuer
from janitor.runner import Runner
from janitor.sampler import Sampler
from janitor.scheduler import Scheduler
from janitor.stop import StopRequest

_log = logging.getLogger("janitor")


def run(settings: Config) -> int:
    """Sweep until TERM or INT; the exit status: 0 stopped, or another one already runs; 2 a setting cannot be used."""
    config.logs.set_up("janitor")
    try:
        open_connection(config.store_url(settings), timeout=1.0)  # connects nowhere yet, but knows a URL it cannot use
    except EngineError as error:
        _log.error("redis.url in %s: %s", settings.path, error)
        return 2
    return _guarded(settings)


def _guarded(settings: Config) -> int:
    """Run behind the pid file's lock."""
    places = config.Places(settings.data_dir)
    path = places.janitor_pid
    pid_file = PidFile(path)
    try:
        places.prepare()
        pid_file.acquire()
    except AlreadyRunning as news:
        _log.info("%s: nothing to do", news)
        return 0
    except config.ConfigError as error:
        _log.error("%s", error)
        return 2
    except OSError as error:
        _log.error("cannot use the pid file %s: %s; check data_dir in %s", path, error.strerror, settings.path)
        return 2
    try:
        _sweep_until_stopped(settings)
    finally:
        pid_file.release()
    return 0


def _sweep_until_stopped(settings: Config) -> None:
    url = config.store_url(settings)
    with StopRequest() as stop:
        engine = Engine(url, config.namespace(settings), incarnation=secrets.randbits(63) | 1)
        nap = Nap(stop, Bell.for_due(url, config.namespace(settings)))
        _log.info("sweeping %s every %g s", config.redact(url), settings.janitor.interval)
        try:
            Runner(duties(settings, engine), stop, nap=nap).run()
        finally:
            nap.close()
            engine.close()
    _log.info("asked to stop: leaving")


def duties(settings: Config, engine: Engine) -> list[Duty]:
    """The janitor's duties, in the order of their urgency."""
    interval = settings.janitor.interval
    rescuer = Rescuer(
        engine,
        interval,
        max_crashes=settings.queue("default").max_crashes,
        by_queue={name: queue.max_crashes for name, queue in settings.queues.items()},
    )
    pruner = Pruner(
        engine,
        interval,
        lambda name: settings.queue(name).failure_ttl,
        dead_most=lambda name: settings.queue(name).dlq_max,
    )
    alarm = Alarm(
        engine,
        interval,
        lambda name: settings.queue(name).dlq_alert,
        settings.webhooks.alerts,
        config.namespace(settings),
    )
    origin = f"{socket.gethostname()}:{settings.path}"
    schedules = [Schedule(**one.model_dump()) for one in settings.schedules]
    scheduler = Scheduler(engine, interval, schedules, origin)
    charts = settings.series
    samplers = [Sampler(engine, Keep(charts.minutes, charts.tens, charts.hours))] if charts.enabled else []
    keeper = FlowKeeper(engine, interval)
    return [Promoter(engine, interval), scheduler, rescuer, keeper, alarm, pruner, *samplers, Doctor(engine)]
