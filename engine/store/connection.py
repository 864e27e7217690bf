"""One held connection to the store: no library retry (it would run a script up to eleven times when replies get lost),
timeouts on everything, and one translation of the store's moods into our errors.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import exceptions as redis_errors
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.retry import Retry

from engine.errors import EngineError, StoreDown, StoreFull

CONNECT_TIMEOUT = 2.0

# Seen while a server starts, fails over or is being demoted: wait and go on.
_WEATHER = (
    "LOADING",
    "READONLY",
    "MASTERDOWN",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "BUSY",
    "UNKILLABLE",
    "NOREPLICAS",
)


def options(timeout: float) -> dict[str, Any]:
    """Connection options that sync and async connections share; `timeout` is in seconds."""
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": min(CONNECT_TIMEOUT, timeout),
        "decode_responses": False,
        "protocol": 2,
        "health_check_interval": 0,
        # It would look its own version up in the installed packages for each connection, for two more round trips.
        "driver_info": None,
    }


def open_connection(url: str, timeout: float) -> Any:
    """A connection that is not connected yet.

    Raises:
        EngineError: the URL is not one of redis://, rediss://, unix://.
    """
    try:
        pool = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), **options(timeout))
    except ValueError as error:
        raise EngineError(f"this is no store's URL: {error}") from error
    return pool.make_connection()


def translate(error: Exception) -> EngineError:
    """The error of ours that says how to react to this one of the client library's."""
    message = str(error)
    if isinstance(error, redis_errors.OutOfMemoryError) or message.startswith("OOM"):
        return StoreFull(
            "the store has reached its memory limit and takes no new jobs; what is queued goes on. "
            "Raise store.max_memory or wait until the queues are shorter"
        )
    if isinstance(error, (redis_errors.ConnectionError, redis_errors.TimeoutError, OSError)):
        return StoreDown(f"the store does not answer: {message or type(error).__name__}")
    if isinstance(error, redis_errors.ReadOnlyError) or message.startswith(_WEATHER):
        return StoreDown(f"the store is not ready: {message}")
    return EngineError(f"the store refused: {message}")


@contextmanager
def translated() -> Iterator[None]:
    """Raises our errors in place of the client library's.

    Raises:
        StoreDown, StoreFull, EngineError: as `translate` says.
    """
    try:
        yield
    except (redis_errors.RedisError, OSError) as error:
        raise translate(error) from error
