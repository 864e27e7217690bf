"""What people call: queues and types, dead letters."""

from engine.clients.audit import Act, sealed, written
from engine.clients.logouts import logout
from engine.dead.deaths import deaths, drop, requeue
from engine.queues.purge import purge
from tests.faults.stage import Stage, Verb


def _paused_type(stage):
    """Jobs of a paused type, put aside by a claim."""
    stage.jobs()
    stage.direct.pause_type("t")
    stage.hand.post([], 3, ("default",), 30)
    stage.hand.collect()


_ACT = Act(who="ana", via="token", act="POST /queues/{queue}/pause", on={"queue": "default"}, outcome=200)

VERBS = {
    "audit": Verb(lambda s, _: s.client.run(written(_ACT))),
    "deaths": Verb(lambda s, on: len(s.client.run(deaths(on))), Stage.dead, answers=True, changes=False),
    "drop": Verb(lambda s, on: s.client.run(drop([*on, "1-1-1"])), Stage.dead, answers=True),
    "gate": Verb(lambda s, _: s.client.intake.close("default"), Stage.full, answers=True),
    "logout": Verb(lambda s, _: s.client.run(logout("abc", 2_000_000_000))),
    "pause": Verb(lambda s, _: s.client.pause("default"), Stage.jobs),
    "pause: a type goes on": Verb(lambda s, _: s.client.resume_type("t"), _paused_type),
    "purge": Verb(lambda s, _: s.client.ask(purge("default")), Stage.jobs, answers=True),
    "requeue": Verb(lambda s, on: s.client.run(requeue([*on, "1-1-1"], {"n": 9})), Stage.dead, answers=True),
    "seal": Verb(lambda s, _: s.client.run(sealed(b"x" * 32)), answers=True),
}
