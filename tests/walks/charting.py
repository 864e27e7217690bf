"""Charts: hosts that say what they have counted, in order or late, once or twice; janitors that sample."""

from collections import Counter

from hypothesis import strategies as st

from engine.charts.counting import Depths, Keep, Runs, count, sample
from engine.charts.vector import pack
from tests.walks.world import BASE, QUEUES, World, verb

NAMES = tuple(f"j{queue}\tt" for queue in QUEUES)


class Charting(World):
    """What hosts and janitors say; and that it is charted, once."""

    def __init__(self):
        super().__init__()
        self.counters = {}  # (host, name) -> counts so far
        self.told_before = {}  # (host, name) -> what it told the last time

    @verb(host=st.integers(0, 1), name=st.sampled_from(NAMES), done=st.integers(0, 3), late=st.booleans())
    def count(self, host, name, done, late):
        """A host counts on and tells it; or an older word of its comes late."""
        key = host, name
        if late:
            counts = self.told_before.get(key, Counter())
        else:
            counts = self.counters.get(key, Counter()) + Counter({Runs.DONE: done, Runs.HISTOGRAM + host: done})
            self.told_before[key] = self.counters.get(key, Counter())
            self.counters[key] = counts
        said = self.told(
            lambda: self.client.run(count(f"host{host}", {name: pack(counts)}, young=True, keep=Keep())).grew
        )
        assert said in (None, int(not late and done > 0))
        for queue, chart in zip(QUEUES, NAMES, strict=True):
            ran = sum(counts[Runs.DONE] for (_, name), counts in self.counters.items() if name == chart)
            assert self._charted("done", queue) == ran
            assert int(self.store.client.hget(f"{BASE}:totals", f"d{queue}") or 0) == ran

    @verb(depth=st.integers(0, 5))
    def sample(self, depth):
        """A janitor samples: every job that was ever taken in is charted by now."""
        self.client.run(sample({"low": {Depths.DEPTH: depth}}, 0, Keep()))
        for queue in QUEUES:
            assert self._charted("enqueued", queue) == int(self.store.client.hget(f"{BASE}:totals", f"i{queue}") or 0)

    @verb()
    def look_at_rates(self):
        found = self.client.rates()
        assert all(min(rate.in_per_s, rate.done_per_s) >= 0 for rate in found.queues.values())

    def _charted(self, metric, queue):
        return sum(value or 0 for value in self.client.series(metric, queue=queue, step=3600).values[metric])
