"""What a process would load on its first connection, loaded before it forks: its children share it then."""

import encodings.idna  # noqa: F401 - the codec of host names, found lazily at the first TCP connection

from engine.errors import EngineError
from engine.store.connection import open_connection
from engine.store.scripts import names, script


def preload(url: str) -> None:
    """Reads the scripts and makes (and drops) a connection that is never connected."""
    for name in names():
        script(name)
    try:
        open_connection(url, 1.0)
    except EngineError:
        return  # a URL that cannot be used is said where it is used
