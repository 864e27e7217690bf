"""The pytest plugin: fixtures for tests of code that enqueues jobs, and of the tasks that run them. docs/testing.md.

pytest imports this file in every run where herdsman is installed: it imports nothing of ours until a fixture is asked
for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from worker.testing.inline import Inline
    from worker.testing.memory import Memory


@pytest.fixture
def herdsman_config() -> Any:
    """The config file (a path) whose queues' policies count; override it. None: what holds where nothing is said."""
    return None


@pytest.fixture
def herdsman_inline(herdsman_config: Any, monkeypatch: pytest.MonkeyPatch) -> "Inline":
    """Every client in this process runs a job while it is enqueued: ``.jobs``, and ``.errors`` that they raised."""
    from worker.testing.inline import Inline
    from worker.testing.patches import install

    inline = Inline(herdsman_config)
    install(inline, monkeypatch)
    return inline


@pytest.fixture
def herdsman_memory(herdsman_config: Any, herdsman_server: Any) -> Iterator["Memory"]:
    """An empty store in memory: ``.client``, ``.url``, ``.run_jobs()``, ``.advance("10m")``, ``.jobs``, ``.errors``."""
    from worker.testing.clock import movable
    from worker.testing.memory import Memory

    with movable():
        memory = Memory(herdsman_server.url, herdsman_config)
        yield memory
        memory.close()


@pytest.fixture(scope="session")
def herdsman_server() -> Iterator[Any]:
    """One server in memory a test session (and an xdist worker); its ``.url`` is given by ``herdsman_memory``, too."""
    from worker.testing.server import Server

    with Server() as server:
        yield server
