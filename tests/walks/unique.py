"""Jobs that count as the same, and requests that are sent again."""

import pytest
from hypothesis import strategies as st

from engine import IdempotencyConflict, NewJob, QueueFull, UniqueConflict
from tests.walks.world import BASE, QUEUES, World, verb


class Unique(World):
    """One job at a time for each key, as the model has it; one job for each idempotency key."""

    def __init__(self):
        super().__init__()
        self.once = {}

    @verb(
        mode=st.sampled_from(["pending", "pending_or_running"]),
        key=st.sampled_from("ab"),
        n=st.integers(1, 9),
        conflict=st.sampled_from(["return", "replace", "raise"]),
        queue=st.sampled_from(QUEUES),
        run_at=st.sampled_from([None, None, 0.0, 9e9]),
    )
    def submit_unique(self, mode, key, n, conflict, queue, run_at):
        holder = self.model.holders.get((mode, key))
        policy = {"mode": mode, "key": key, "on_conflict": conflict}

        def act():
            return self.client.enqueue("t", {"n": n}, queue=queue, run_at=run_at, unique=policy)

        if holder is not None and conflict == "raise":
            with pytest.raises(UniqueConflict) as caught:
                act()
            assert caught.value.id == holder.id
            return
        try:
            handle = act()
        except QueueFull:
            assert holder is None
            assert self.full(queue, 1)
            return
        assert handle.is_new == (holder is None)
        if holder is not None:
            assert handle.id == holder.id
            if conflict == "replace" and holder.place in ("pending", "scheduled"):
                holder.data = {"n": n}
            return
        assert not self.full(queue, 1)
        job = self.model.new(handle.id, queue, {"n": n}, None if run_at is None else run_at == 0)
        job.lock = (mode, key)
        self.model.holders[job.lock] = job

    submit_unique_2 = submit_unique_3 = submit_unique

    @verb(
        mode=st.sampled_from(["pending", "pending_or_running"]),
        key=st.sampled_from("ab"),
        numbers=st.lists(st.integers(1, 9), min_size=1, max_size=2),
        plain=st.integers(0, 2),
        conflict=st.sampled_from(["return", "replace", "raise"]),
        queue=st.sampled_from(QUEUES),
    )
    def submit_together(self, mode, key, numbers, plain, conflict, queue):
        holder = self.model.holders.get((mode, key))
        policy = {"mode": mode, "key": key, "on_conflict": conflict}
        jobs = [NewJob("t", {"n": 0}, queue=queue)] * plain
        jobs += [NewJob("t", {"n": n}, queue=queue, unique=policy) for n in numbers]
        new = plain + (holder is None)
        if conflict == "raise" and (holder is not None or len(numbers) > 1):
            with pytest.raises(UniqueConflict) as caught:
                self.client.enqueue_many(jobs)
            in_the_way = (new, "", plain) if holder is None else (new, holder.id, None)
            assert (caught.value.at, caught.value.id, caught.value.twin) == in_the_way
            return
        try:
            ids = self.client.enqueue_many(jobs)
        except QueueFull:
            assert self.full(queue, new)
            assert new
            return
        assert not new or not self.full(queue, new)
        for job in ids[:plain]:
            self.model.new(job, queue, {"n": 0})
        if holder is None:
            holder = self.model.new(ids[-1], queue, {"n": numbers[0]})
            holder.lock = (mode, key)
            self.model.holders[holder.lock] = holder
        if conflict == "replace" and holder.place in ("pending", "scheduled"):
            holder.data = {"n": numbers[-1]}
        assert set(ids[plain:]) == {holder.id}

    @verb(key=st.sampled_from("abcd"), n=st.integers(0, 1), queue=st.sampled_from(QUEUES))
    def submit_once(self, key, n, queue):
        known = self.once.get(key)

        def act():
            return self.client.enqueue("t", {"n": n}, queue=queue, idempotency_key=key)

        if known and known[1] != n:
            with pytest.raises(IdempotencyConflict) as caught:
                act()
            assert caught.value.id == known[0]
            return
        try:
            handle = act()
        except QueueFull:
            assert known is None
            assert self.full(queue, 1)
            return
        assert handle.is_new == (known is None)
        assert known in (None, (handle.id, n))
        if known is None:
            assert not self.full(queue, 1)
            self.once[key] = (handle.id, n)
            self.model.new(handle.id, queue, {"n": n})

    def look_at_locks(self):
        """Each lock is its holder's, and nobody else holds one."""
        found = sorted(self.shot.get(key).decode() for key in self.shot.keys if key.startswith(f"{BASE}:unique:"))
        assert found == sorted(job.id for job in self.model.holders.values())
