"""Herds of this folder's tests: embedded store, started, and ended with nothing left behind."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.herd import Herd

MakeHerd = Callable[..., Herd]


@pytest.fixture
def make_herd() -> Iterator[MakeHerd]:
    """Make a herd; `start=False` leaves the start to the test, `files` are written beside its config."""
    made: list[Herd] = []

    def make(*, start: bool = True, files: dict[str, str] | None = None, **wanted: Any) -> Herd:
        herd = Herd(**wanted)
        made.append(herd)
        for name, text in (files or {}).items():
            (herd.folder / name).write_text(text)
        if start:
            herd.start()
            herd.ready()
        return herd

    yield make
    for herd in made:
        print(f"---- what {herd.path} printed\n{herd.tail()}")
    for herd in made:
        herd.close()


@pytest.fixture
def herd(make_herd: MakeHerd) -> Herd:
    """A herd of two workers."""
    return make_herd()
