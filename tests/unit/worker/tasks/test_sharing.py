import json

import pytest

from worker.durations import TaskError
from worker.tasks.registry import Registry, make_task
from worker.tasks.sharing import make_sharing


def test_a_task_that_says_nothing_has_no_traits():
    said = make_sharing("t")
    assert (said.cache, said.max_result, said.traits) == (0.0, None, {})


def test_what_is_said_becomes_traits_that_the_store_can_read():
    registry = Registry()
    sharing = {"unique": {"by": ["user"]}, "cache": "10m", "cache_failures": "1m", "max_result": "256K"}
    registry.add(make_task("report", lambda: None, **sharing))
    traits = json.loads(registry.traits()["report"])
    assert (traits["cache"], traits["cache_failures"]) == (600_000, 60_000)
    assert (traits["unique"]["mode"], traits["unique"]["by"]) == ("pending", ["user"])
    found = registry.get("report")
    assert (found.cache, found.max_result) == (600.0, 262144)


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"cache": "long"}, "cache: 'long' is no duration"),
        ({"cache_failures": "1m"}, "goes with cache"),
        ({"max_result": "big"}, "max_result: expected a size"),
        ({"unique": "often"}, "no mode"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_tasks_name(said, part):
    with pytest.raises(TaskError, match="task 'x'") as caught:
        make_sharing("task 'x'", **said)
    assert part in str(caught.value)
