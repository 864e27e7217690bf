"""Which tests run on which server: those of the engine and the janitor on each, those of what stands above by turns."""

import os
import zlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.architecture import ROOT
from tests.support.servers import StoreServer

ON_EACH = (
    ROOT / "tests/integration/engine",
    ROOT / "tests/integration/janitor",
    ROOT / "tests/integration/test_servers.py",
)
EVERY = "HERDSMAN_TEST_EVERY_SERVER"


def out_of_turn(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests that differ from another in nothing but the server, and whose turn on this one it is not.

    What a script does, a server may do otherwise: that is tried on each. What workers, gateway, supervisor do rests on
    the scripts' answers alone: there each test has one server, always the same one, and each server about half of them.
    A test marked `every_server` goes on each, one marked `by_turns` does not; with HERDSMAN_TEST_EVERY_SERVER=1 all do.
    """
    if os.environ.get(EVERY):
        return []
    alike: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    for item in items:
        server = _server(item)
        if server is not None and _has_turns(item):
            alike[str(item.path), item.name.replace(str(server), "*")].append(item)
    return [
        item
        for (_, name), group in alike.items()
        for turn, item in enumerate(group)
        if turn != zlib.crc32(name.encode()) % len(group)
    ]


def _server(item: pytest.Item) -> StoreServer | None:
    params = getattr(getattr(item, "callspec", None), "params", {})
    return next((value for value in params.values() if isinstance(value, StoreServer)), None)


def _has_turns(item: pytest.Item) -> bool:
    if item.get_closest_marker("every_server"):
        return False
    return bool(item.get_closest_marker("by_turns")) or not _is_on_each(item.path)


def _is_on_each(path: Path) -> bool:
    return any(place == path or place in path.parents for place in ON_EACH)
