"""Fixtures and checks for every test: the ``store``, and nothing left behind (processes, keys)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.support import processes, turns
from tests.support.keys import unexplained_keys
from tests.support.programs import MakePrograms, Programs
from tests.support.servers import KINDS, Store, StoreServer, wanted_servers

_GRACE = 5.0  # a child that was told to go needs a moment


def pytest_configure() -> None:
    """Mark all children of this run (and of this xdist worker) before there is any; no property has a time limit."""
    settings.register_profile("herdsman", deadline=None)  # a loaded machine must not fail a test
    settings.load_profile("herdsman")
    processes.mark_this_run()


def pytest_report_header() -> str:
    """Say which servers the suite runs on, and which it does without."""
    wanted = wanted_servers()
    absent = [kind for kind in KINDS if kind not in {server.name for server in wanted}]
    how = (
        "each"
        if os.environ.get(turns.EVERY)
        else f"engine and janitor on each, the rest by turns ({turns.EVERY}=1: all)"
    )
    return f"servers: {', '.join(map(str, wanted))}; {how}" + (f"; not run on: {', '.join(absent)}" if absent else "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for the store bears the mark ``store``; ``-m`` can choose by it.

    Those whose turn it is not on a server are taken out (tests/support/turns.py), unless tests are named one by one.
    One that starts processes is given a second try, and the summary names it when it needed that: on a machine whose
    cores others use as well, "not within 15 s" says little the first time. Nothing else is tried twice.
    """
    if not any("::" in arg for arg in config.args):
        out = set(turns.out_of_turn(items))
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)
    for item in items:
        if "store" in getattr(item, "fixturenames", ()):
            item.add_marker("store")
        if _has_processes(item):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _has_processes(item: pytest.Item) -> bool:
    """By its mark; or by its fixture, where a file has one herd for all its tests and so cannot bear the mark."""
    marked = any(item.get_closest_marker(mark) for mark in ("process", "chaos"))
    return marked or "herd" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def no_process_outlives_the_suite() -> Iterator[None]:
    """Fail the session when something it started still runs at its end; and end that."""
    yield
    _fail_on_left_behind()


@pytest.fixture(autouse=True)
def no_process_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """For tests that start processes, the same check at once, so that the culprit has a name."""
    yield
    if any(request.node.get_closest_marker(mark) for mark in ("process", "chaos")):
        _fail_on_left_behind()


@pytest.fixture(scope="session", params=wanted_servers(), ids=str)
def store_server(request: pytest.FixtureRequest, no_process_outlives_the_suite: None) -> Iterator[Store]:
    """One running server a session, an xdist worker and a kind."""
    server: StoreServer = request.param
    store = Store(server)
    try:
        store.start()
        yield store
    finally:
        store.close()


@pytest.fixture
def store(store_server: Store) -> Iterator[Store]:
    """A real, empty server: ``.url .client .name .version .info .pid .kill() .stop() .start() .restart``."""
    store_server.empty()
    yield store_server
    store_server.start()
    unexplained = unexplained_keys(store_server.client)
    assert not unexplained, f"keys left without a reason: {unexplained}"


def _fail_on_left_behind() -> None:
    def nothing_left() -> bool:
        return not processes.left_behind()

    try:
        processes.eventually(nothing_left, _GRACE)
    except AssertionError:
        left = processes.left_behind()
        processes.end(left)
        pytest.fail(f"processes left behind: {left}")


@pytest.fixture
def programs() -> Iterator[MakePrograms]:
    """Make herds of programs alone; what they printed is shown when the test fails."""
    made: list[Programs] = []

    def make(*wanted: dict[str, Any], files: dict[str, str] | None = None, start: bool = True) -> Programs:
        made.append(Programs(*wanted, files=files))
        return made[-1].begin() if start else made[-1]

    yield make
    for herd in made:
        print(f"---- what {herd.path} printed\n{herd.tail()}")
        herd.close()
