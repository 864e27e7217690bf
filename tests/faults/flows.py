"""What is called about flows."""

from engine import NewJob, QueueFull
from engine.flows.flow_calls import find, parents, spawn, step
from engine.payloads import payload
from engine.store.calls import Call
from engine.store.claims import Done
from tests.faults.stage import BASE, ERROR, Stage, Verb, diamond
from tests.support.seats import claim


def _run(stage, flow):
    """One batch of its members ends well."""
    jobs = claim(stage.hand).jobs
    stage.hand.complete([Done(stage.hand.lease(job), payload.encode(job.type), 60) for job in jobs])


def _joined(stage):
    """A job that waited for two, with their results."""
    flow = stage.diamond()
    _run(stage, flow)
    _run(stage, flow)
    return flow.ids["d"]


def _member(stage):
    """The lease of a member that others wait for."""
    stage.diamond()
    return [stage.hand.lease(job) for job in claim(stage.hand).jobs]


def _begun(stage):
    """A flow of which one member runs."""
    flow = stage.diamond()
    claim(stage.hand)
    return flow


def _refused(stage, _):
    try:
        return stage.client.flows.submit(diamond()).id
    except QueueFull as full:
        return full.pending


def _half_stopped(stage):
    """A flow whose cancel is under way."""
    stage.direct.run(Call("stop", [stage.diamond().id, 1], list))


def _never_closed(stage):
    """A flow whose producer died on the way."""
    flow = stage.direct.flows.submit(diamond()).id
    client = stage.store.client
    client.hset(f"{BASE}:flow:{flow}", "state", "open")
    client.zadd(f"{BASE}:flows:open", {flow: 0})


def _over(stage):
    """A flow that was over long ago."""
    flow = stage.diamond()
    for _ in range(3):
        _run(stage, flow)
    stage.store.client.zadd(f"{BASE}:flows:over", {flow.id: 0})


def _proceed(stage, _):
    stage.client.run(step())


VERBS = {
    "bury: a member": Verb(lambda s, on: s.engine.bury(on[0], ERROR), _member),
    "claim: a member ends": Verb(lambda s, on: s.engine.complete([Done(on[0], b"\x01", 60)]), _member),
    "flow": Verb(lambda s, _: len(s.client.flows.submit(diamond()).ids), answers=True),
    "flow: refused": Verb(_refused, Stage.full, answers=True, changes=False),
    "flows": Verb(
        lambda s, _: [flow.total for flow in s.client.flows.list()], Stage.diamond, answers=True, changes=False
    ),
    "members": Verb(
        lambda s, on: [m.name for m in s.client.ask(find(on.id))[1]], Stage.diamond, answers=True, changes=False
    ),
    "parents": Verb(
        lambda s, on: [one.outcome for one in s.client.ask(parents(on))], _joined, answers=True, changes=False
    ),
    "proceed": Verb(_proceed, _half_stopped),
    "proceed: never closed": Verb(_proceed, _never_closed),
    "proceed: over": Verb(_proceed, _over),
    "spawn": Verb(lambda s, on: bool(s.client.run(spawn(on[0], "t", "child", NewJob("u")))), Stage.held, answers=True),
    "spawn: a member": Verb(
        lambda s, on: bool(s.client.run(spawn(on[0], "a", "child", NewJob("u")))), _member, answers=True
    ),
    "stop": Verb(lambda s, on: s.client.flows.cancel(on.id), _begun, answers=True),
}
