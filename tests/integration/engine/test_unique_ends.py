"""Whatever becomes of a unique job, its key is free again afterwards."""

import pytest

from engine.store.claims import Done
from tests.support.seats import ERROR, claim


def one(worker, **options):
    """The lease of the one job that can be claimed."""
    [job] = claim(worker, 5, **options).jobs
    return worker.lease(job)


class Fate:
    """The ways out, for the one job there is; its worker has incarnation 1."""

    def __init__(self, client, seats, store, job):
        self.client, self.worker, self.janitor, self.store, self.job = client, seats(1), seats(2), store, job

    def completed(self):
        self.worker.complete([Done(one(self.worker))])

    def completed_with_a_result(self):
        self.worker.complete([Done(one(self.worker), b"\x01", 60)])

    def buried(self):
        self.worker.bury(one(self.worker), ERROR)

    def expired_or_discarded(self):
        self.worker.discard(one(self.worker), ERROR, 60, charge=False)

    def cancelled(self):
        self.client.cancel(self.job)

    def purged(self):
        self.client.purge("default")

    def stopped(self):
        lease = one(self.worker)
        self.client.cancel(self.job)
        self.worker.release([lease])

    def crashed_too_often(self):
        self.janitor.settle(1, "oom", [one(self.worker)], charged=True, max_crashes=1)

    def lost_with_its_host(self):
        one(self.worker, lease=0)
        self.store.client.hset("herdsman:{default}:running", "1", self.job)
        assert [gone.buried for gone in self.janitor.rescue(grace=0, max_crashes=1)] == [True]

    def dropped(self):
        self.buried()
        self.client.dead_letters.delete(self.job)

    def failed_after_a_retry(self):
        self.worker.retry(one(self.worker), ERROR, 0)
        self.janitor.promote()
        self.buried()


WAYS = [name for name in vars(Fate) if not name.startswith("_")]


@pytest.mark.parametrize("mode", ["pending", "pending_or_running", "keep_last"])
@pytest.mark.parametrize("way", WAYS)
def test_the_key_is_free_after_every_way_out(client, seats, store, way, mode):
    first = client.enqueue("t", unique=mode)
    getattr(Fate(client, seats, store, first.id), way)()
    assert first.fetch().state in {"completed", "dead", "cancelled"}
    assert store.client.keys("*:unique:*") == []
    assert client.enqueue("t", unique=mode).id != first.id
