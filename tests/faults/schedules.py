"""What is called about schedules."""

from engine.schedules import schedule
from tests.faults.stage import CLOCK, Stage, Verb


def _put(stage):
    """A schedule that was made by API."""
    stage.direct.schedules.put(CLOCK)


def _successes(stage, _):
    """Since when a schedule is known differs from stage to stage."""
    return {name: one._replace(since=0) for name, one in stage.client.run(schedule.successes(9)).items()}


VERBS = {
    "declare": Verb(lambda s, _: s.client.run(schedule.declare("file", [CLOCK])), answers=True),
    "fire": Verb(lambda s, _: s.client.run(schedule.fire(CLOCK, 60)), Stage.scheduled),
    "halt": Verb(lambda s, _: s.client.run(schedule.halt("clock", paused=True)), Stage.scheduled),
    "look": Verb(
        lambda s, _: s.client.run(schedule.look(["clock"])).sights, Stage.scheduled, answers=True, changes=False
    ),
    "put": Verb(lambda s, _: s.client.schedules.put(CLOCK), answers=True),
    "puts": Verb(lambda s, _: s.client.run(schedule.puts()), _put, answers=True, changes=False),
    "retract": Verb(lambda s, _: s.client.schedules.delete("clock"), _put, answers=True),
    "run": Verb(lambda s, _: bool(s.client.run(schedule.run(CLOCK))), Stage.scheduled, answers=True),
    "successes": Verb(_successes, Stage.scheduled, answers=True, changes=False),
}
