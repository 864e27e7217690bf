"""What `/openapi.json` says holds, whatever is sent: no other status, no answer of another shape, no 500."""

from typing import Any

import pytest

from tests.support import fuzz
from tests.support.servers import wanted_servers

pytestmark = [pytest.mark.store, pytest.mark.process]

CASES = 20


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "store_server", wanted_servers()[:1], indirect=True, ids=str
)  # it is not the store that is asked
def test_every_answer_is_as_the_schema_says(gateway: Any, worker: Any, store: Any) -> None:
    store.client.config_set("appendfsync", "always")  # or no durable job could be promised anything
    url = f"http://127.0.0.1:{gateway.port}"
    found = [line for operation in fuzz.operations(url) for line in fuzz.trouble(operation, CASES, seed=7)]
    assert found == []
    assert "Traceback" not in gateway.log
