"""How long a stop may take, from the config alone: what surrounds us (systemd, a container) must wait longer."""

from collections.abc import Mapping

from config import Config, units
from supervisor.shutdown import AFTER_KILL_S

VARIABLE = "HERDSMAN_STOP_GRACE"
"""Whoever ends us by force says here after how long, as a duration: a container's grace period."""

# As their rules have it (store.py, janitor.py, programs.py, logger_link.py).
_SERVICE_S, _STORE_S, _LOGGER_S = 10.0, 30.0, 5.0


def longest_stop(config: Config) -> float:
    """Seconds from TERM to our exit when everybody needs all of his time; the stages are those of shutdown.py."""
    first = [pool.drain_timeout for pool in config.pools]
    first += [program.stop_timeout for program in config.programs]
    stages = [max(first, default=0.0)] if first else []
    stages += [_SERVICE_S] * (config.gateway.enabled + config.janitor.enabled)
    stages += [_STORE_S] if config.redis is None else []
    return sum(stage + AFTER_KILL_S for stage in [*stages, _LOGGER_S])


def usual_stop(config: Config) -> float:
    """Seconds when only those who run jobs need all of their time, and the store a moment behind them."""
    first = [pool.drain_timeout for pool in config.pools] + [program.stop_timeout for program in config.programs]
    return max(first, default=0.0) + AFTER_KILL_S


def too_short(config: Config, environ: Mapping[str, str]) -> str:
    """What is wrong with the time that those around us allow for a stop; `""` when nothing is known or wrong."""
    try:
        allowed = units.duration(environ[VARIABLE])
    except KeyError:
        return ""
    except ValueError as error:
        return f"{VARIABLE}: {error}"
    needed = usual_stop(config)
    if allowed >= needed:
        return ""
    return (
        f"{VARIABLE} says that we are killed {allowed:g} s after TERM, but the drain times of the config need "
        f"{needed:g} s: jobs will be cut short. Raise that time (stop_grace_period, terminationGracePeriodSeconds), "
        "or shorten drain_timeout and stop_timeout"
    )
