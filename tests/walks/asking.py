"""What running jobs say of themselves, and what people ask about one that waits."""

from hypothesis import strategies as st

from engine.asking.sayings import Said, say
from engine.asking.why import why
from engine.store.calls import Call
from tests.walks.model import KEPT
from tests.walks.world import BASE, NUMBERS, World, verb


class Asking(World):
    """Words, and questions."""

    @verb(
        number=NUMBERS, nth=st.integers(1, 4), checkpoint=st.sampled_from([None, b"a", b"b"]), lines=st.integers(0, 2)
    )
    def say(self, number, nth, checkpoint, lines):
        """A run speaks, or one that lost its lease does; an old word comes late."""
        engine, lease = self.pick(number, self.leases) or (None, None)
        if engine is None:
            return
        word = Said(nth, (0, 0.5, "half"), checkpoint, [(0, f"line {nth}")] * lines)
        said = self.told(lambda: engine.run(say(lease, word)))
        job = self.model.of(lease)
        assert said in (None, job is not None)
        if job is None:
            return
        if nth > self.words.get(lease, 0):
            self.words[lease] = nth
            self.logged[job.id] = self.logged.get(job.id, 0) + lines
            job.checkpoint = checkpoint or job.checkpoint
        kept = self.store.client.hmget(f"{BASE}:job:{job.id}", "cp", "lg")
        assert kept[0] == job.checkpoint
        assert (kept[1] or b"").count(b" line ") == self.logged.get(job.id, 0)

    say_2 = say

    @verb(number=NUMBERS)
    def ask_what_is_ahead(self, number):
        job = self.some_job(number, "pending")
        if job is None:
            return
        lane = [one for one in self.model.pending(job.queue) if one.lane == job.lane]
        expected = [lane.index(job), 0] if job.place == "pending" else [-1, 0]
        assert self.client.run(Call("ahead", [job.id, 10_000], list)) == expected

    ask_what_is_ahead_2 = ask_what_is_ahead

    @verb(number=NUMBERS)
    def ask_why(self, number):
        job = self.some_job(number)
        if job is None:
            return
        said = self.client.ask(why(BASE, job.id))
        codes = {reason.code for reason in said.reasons}
        assert said.text
        assert ("ended" in codes) == (job.place in ("gone", "completed", "dead", "cancelled"))
        assert ("paused" in codes) == (job.place == "pending" and job.queue in self.model.paused)

    @verb(place=st.sampled_from(["pending", "scheduled", "processing", "dead", *KEPT]), crashes=st.integers(0, 1))
    def search(self, place, crashes):
        """Page by page; just those that are there and were charged with so many."""
        query, found, cursor = f"state:{place} crashes:{crashes}", [], ""
        while cursor is not None:
            page = self.client.search(query, limit=3, cursor=cursor or None)
            found += [job.id for job in page.jobs]
            cursor = page.cursor
        assert sorted(found) == sorted(job.id for job in self.model.at(place) if job.crashes == crashes)
