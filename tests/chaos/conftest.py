"""Herds for the disasters: made as a test wants them, ended when it is over."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.herd import Herd
from tests.support.servers import Store, StoreServer, wanted_servers

MakeHerd = Callable[..., Herd]


@pytest.fixture
def make_herd(request: pytest.FixtureRequest) -> Iterator[MakeHerd]:
    """Make a herd, start it and wait until it is ready; its output is shown when the test fails."""
    if "store" in request.fixturenames:
        request.getfixturevalue("store")  # set up before, so that it is looked at when the herds have gone
    made: list[Herd] = []

    def make(*, start: bool = True, **wanted: object) -> Herd:
        herd = Herd(**wanted)
        made.append(herd)
        if start:
            herd.start()
            herd.ready()
        return herd

    yield make
    for herd in made:
        print(f"---- what {herd.path} printed\n{herd.tail()}")
    for herd in made:
        herd.close()


@pytest.fixture(params=wanted_servers(), ids=lambda server: f"embedded {server}")
def embedded(request: pytest.FixtureRequest) -> StoreServer:
    """The kinds of server that a herd may embed, one after the other."""
    server: StoreServer = request.param
    assert server.path, f"no {server.name}-server was found, and it is needed here"
    return server


@pytest.fixture
def herd(make_herd: MakeHerd, store: Store) -> Herd:
    """A herd of two workers on a store of its own."""
    return make_herd(url=store.url)
