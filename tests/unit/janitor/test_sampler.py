"""What of the queues goes into a sample."""

from engine.charts.counting import Depths
from engine.jobs.job import QueueFigures
from janitor.sampler import QUEUES, sampled


def test_only_queues_that_have_jobs_are_sampled():
    found = sampled({"idle": QueueFigures(dead=7), "deep": QueueFigures(pending=5, processing=2, oldest=1.5)})
    assert found == {
        "deep": {
            Depths.DEPTH: 5,
            Depths.BUSY: 2,
            Depths.OLDEST_MS: 1500,
            Depths.DEPTH_MOST: 5,
            Depths.OLDEST_MS_MOST: 1500,
        }
    }


def test_of_too_many_queues_the_deepest_are_sampled():
    found = sampled({f"q{n}": QueueFigures(pending=n) for n in range(1, QUEUES + 11)})
    assert len(found) == QUEUES
    assert "q10" not in found
    assert "q11" in found
