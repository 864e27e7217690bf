"""Client and AsyncClient offer the same, word for word."""

import inspect

import pytest

from engine.asking.async_job_handle import AsyncJobHandle
from engine.asking.job_handle import JobHandle
from engine.clients.async_client import AsyncClient
from engine.clients.audit import AsyncAudit, Audit
from engine.clients.client import Client
from engine.dead.dead_letters import AsyncDeadLetters, DeadLetters
from engine.flows.async_flows import AsyncFlowHandle, AsyncFlows
from engine.flows.flows import FlowHandle, Flows
from engine.queues.intake import AsyncIntake, Intake
from engine.schedules.schedules import AsyncSchedules, Schedules

PAIRS = [
    (Audit, AsyncAudit),
    (Client, AsyncClient),
    (JobHandle, AsyncJobHandle),
    (DeadLetters, AsyncDeadLetters),
    (Schedules, AsyncSchedules),
    (Intake, AsyncIntake),
    (Flows, AsyncFlows),
    (FlowHandle, AsyncFlowHandle),
]


def offers(kind):
    """Its public names, each with the parameters it takes (a property takes none)."""
    found = {}
    for name in dir(kind):
        thing = inspect.getattr_static(kind, name)
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(thing, property):
            found[name] = []
            continue
        parameters = list(inspect.signature(thing).parameters.values())[1:]
        found[name] = [(one.name, one.kind, one.default, str(one.annotation)) for one in parameters]
    return found


@pytest.mark.parametrize(("plain", "for_asyncio"), PAIRS, ids=lambda kind: kind.__name__)
def test_both_take_the_same_words(plain, for_asyncio):
    said, heard = offers(plain), offers(for_asyncio)
    said.pop("__init__") if plain is not Client else None
    heard.pop("__init__") if plain is not Client else None
    assert heard == said


def test_every_part_of_a_client_is_compared():
    parts = {
        type(getattr(Client("redis://nobody.invalid/"), name))
        for name, thing in vars(Client).items()
        if isinstance(thing, property) and not name.startswith("_")
    }
    assert parts <= {plain for plain, _ in PAIRS}
