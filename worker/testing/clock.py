"""A clock of the store that a test can put forward."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.store import scripts
from engine.store.question import Question

_READING = "return t[1] * 1000 + math.floor(t[2] / 1000)"
_AHEAD = "herdsman:ahead"  # ms


@contextmanager
def movable() -> Iterator[None]:
    """Meanwhile every script that this process sends adds to the server's clock what `put_forward` said."""
    read = scripts._read  # noqa: SLF001 - the one place where a script's text is read

    def shifted(path: str) -> str:
        text = read(path)
        if path != "parts/clock.lua":
            return text
        if _READING not in text:
            raise RuntimeError("parts/clock.lua is not what it was; worker/testing/clock.py must follow it")
        return text.replace(_READING, f"{_READING} + (redis.call('GET', '{_AHEAD}') or 0)")

    scripts._read = shifted  # noqa: SLF001 - same
    scripts.script.cache_clear()
    try:
        yield
    finally:
        scripts._read = read  # noqa: SLF001 - same
        scripts.script.cache_clear()


def put_forward(ms: int) -> Question[None]:
    """By so many ms more."""
    yield ("INCRBY", _AHEAD, ms)
