"""`queues`: how deep, how old, how fast."""

from engine.charts.rates import Rate, Rates
from engine.jobs.job import QueueFigures
from gateway.live.sources import Round
from gateway.live.table import Reading, Row
from gateway.live.topic import Look, Topic


async def read(round: Round, _: Look) -> Reading:
    """All queues by name."""
    depths, rates = await round.depths(), await round.rates()
    target = round.sources.target
    return Reading([row(name, depths.queues[name], rates, target(name)) for name in sorted(depths.queues)])


def row(name: str, depth: QueueFigures, rates: Rates, target: float) -> Row:
    """One queue. Pure."""
    rate = rates.queues.get(name) or Rate()
    return (
        name,
        depth.pending,
        depth.scheduled,
        depth.processing,
        depth.dead,
        depth.parked,
        round(depth.oldest, 1),
        depth.paused,
        figures(rate.in_per_s),
        figures(rate.out_per_s),
        figures(rate.failed_per_s),
        drains_in(depth.pending, rate),
        target or None,
    )


def figures(rate: float) -> float:
    """A rate with as many digits as it deserves. Pure."""
    return round(rate, 2 if rate < 10 else 1)  # noqa: PLR2004 - three digits


def drains_in(pending: int, rate: Rate) -> float | None:
    """Seconds until nothing waits, if all goes on as it does; None = never. Pure."""
    if not pending:
        return 0.0
    net = rate.out_per_s - rate.in_per_s
    return round(pending / net, 1) if net > 0 else None


COLUMNS = (
    "name", "pending", "scheduled", "processing", "dead", "parked", "oldest", "paused", "in_per_s", "out_per_s",
    "failed_per_s", "drains_in", "target",
)  # fmt: skip

QUEUES = Topic(COLUMNS, read, queue="name", is_shown=True)
