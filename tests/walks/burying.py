"""The dead letters' verbs, one and many."""

from hypothesis import strategies as st

from engine.dead.dead_letters import UNCHANGED
from engine.dead.deaths import deaths
from tests.walks.world import NUMBERS, QUEUES, World, verb


class Burying(World):
    """What people do with dead letters."""

    @verb(number=NUMBERS, data=st.sampled_from([UNCHANGED, None, {"n": 7}]))
    def requeue(self, number, data):
        job = self.some_job(number, "dead")
        if job is None:
            return
        assert self.client.dead_letters.retry(job.id, data) == (job.place == "dead")
        if job.place == "dead":
            self._another_life(job)
            if data is not UNCHANGED:
                job.data, job.checkpoint = data, None

    def _another_life(self, job):
        job.attempts = job.crashes = 0
        self.model.join(job)

    @verb(queue=st.sampled_from([None, *QUEUES]), limit=st.sampled_from([None, 1]))
    def requeue_many(self, queue, limit):
        dead = self._dead(queue)[:limit]
        assert self.client.dead_letters.retry_many(queue=queue, limit=limit) == len(dead)
        for job in dead:
            self._another_life(job)

    def _dead(self, queue):
        """Dead letters as a walk through them finds them: queue by queue, each in the order of their deaths."""
        queues = [queue] if queue else sorted({job.queue for job in self.model.at("dead")})
        return [self.model.jobs[job] for name in queues for job in self.order(f"dead:{name}")]

    @verb(number=NUMBERS)
    def drop(self, number):
        job = self.some_job(number, "dead")
        if job is None:
            return
        assert self.client.dead_letters.delete(job.id) == (job.place == "dead")
        if job.place == "dead":
            self.model.end(job, "gone")

    @verb()
    def look_at_deaths(self):
        dead = self.model.at("dead")
        assert sum(group.count for group in self.client.dead_letters.groups().groups) == len(dead)
        found = self.client.run(deaths([job.id for job in dead] or ["1-1-1"]))
        assert [one.type for one in found] == ([job.type for job in dead] or [""])
