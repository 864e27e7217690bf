"""The config file: read it, check it, say everything that is wrong with it at once.

A leaf: it imports no other room. What describes the file (`schema`) needs pydantic and is imported when it is
first asked for, so that a small process (the logger) can use `logs` or `places` without paying for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from config import cpus, logs, places, units
from config.load import load
from config.places import Places
from config.problems import ConfigError, Problem
from config.store import namespace, redact, store_url

if TYPE_CHECKING:
    from config.schema import (
        Backoff,
        Config,
        Encryption,
        EncryptionKey,
        Gateway,
        Janitor,
        Logs,
        Metrics,
        Payloads,
        Pool,
        Program,
        Queue,
        RedisSection,
        Schedule,
        Store,
        Webhooks,
    )

__all__ = [
    "Backoff",
    "Config",
    "ConfigError",
    "Encryption",
    "EncryptionKey",
    "Gateway",
    "Janitor",
    "Logs",
    "Metrics",
    "Payloads",
    "Places",
    "Pool",
    "Problem",
    "Program",
    "Queue",
    "RedisSection",
    "Schedule",
    "Store",
    "Webhooks",
    "cpus",
    "load",
    "logs",
    "namespace",
    "places",
    "redact",
    "store_url",
    "units",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'config' has no attribute {name!r}")
    return getattr(import_module("config.schema"), name)
