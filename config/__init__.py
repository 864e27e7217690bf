"""The config file: read it, check it, say everything that is wrong with it at once.

A leaf: it imports no other room. What describes the file (`schema`) needs pydantic and is imported when it is
first asked for, so that a small process (the logger) can use `logs` or `places` without paying for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from config import cpus, logs, places, units
from config.load import SNAPSHOT_VARIABLE, checked, data_dir, load, read_regular, reads_applied
from config.places import Places
from config.problems import ConfigError, Problem
from config.store import namespace, redact, store_url

if TYPE_CHECKING:
    from config.control import Control, ReadOnly
    from config.gateway import Gateway
    from config.log_files import Logs
    from config.payloads import Encryption, EncryptionKey, Payloads
    from config.pools import Pool
    from config.programs import Program
    from config.queues import Backoff, Queue
    from config.schema import Config, Janitor, Metrics, RedisSection, Schedule, Store
    from config.tracing import Tracing
    from config.webhooks import Webhooks

_HOMES = {
    "Backoff": "queues",
    "Control": "control",
    "Encryption": "payloads",
    "EncryptionKey": "payloads",
    "Gateway": "gateway",
    "Logs": "log_files",
    "Payloads": "payloads",
    "Pool": "pools",
    "Program": "programs",
    "Queue": "queues",
    "ReadOnly": "control",
    "Tracing": "tracing",
    "Webhooks": "webhooks",
}  # sections that have a file of their own; all others stand in schema

__all__ = [
    "SNAPSHOT_VARIABLE",
    "Backoff",
    "Config",
    "ConfigError",
    "Control",
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
    "ReadOnly",
    "RedisSection",
    "Schedule",
    "Store",
    "Tracing",
    "Webhooks",
    "checked",
    "cpus",
    "data_dir",
    "load",
    "logs",
    "namespace",
    "places",
    "read_regular",
    "reads_applied",
    "redact",
    "store_url",
    "units",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'config' has no attribute {name!r}")
    return getattr(import_module(f"config.{_HOMES.get(name, 'schema')}"), name)
