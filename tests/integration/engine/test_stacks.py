"""Where a worker hung when it was killed is kept with the job that was charged for it, as long as it says something."""

from engine.store.claims import Done
from tests.support.seats import claim

BASE = "herdsman:{default}"
STACK = 'Thread 0x1\n  File "a.py", line 3 in spin\n'


def crash(seats, life, cause, *, stack="", limit=9):
    engine = seats(life)
    [job] = claim(engine).jobs
    lease = engine.lease(job)
    seats(99).settle(life, cause, [lease], charged=True, max_crashes=limit, stack=stack)


def test_the_dead_letter_shows_the_stack_and_a_retry_forgets_it(client, seats, store):
    handle = client.enqueue("t")
    crash(seats, 1, "hard timeout", stack=STACK, limit=1)
    error = handle.fetch().error
    assert (error.cause, error.traceback) == ("hard timeout", STACK)
    client.dead_letters.retry(handle.id)
    assert store.client.hexists(f"{BASE}:job:{handle.id}", "ks") is False


def test_a_later_crash_without_a_stack_does_not_show_the_old_one(client, seats):
    handle = client.enqueue("t")
    crash(seats, 1, "hard timeout", stack=STACK)
    assert handle.fetch().error.traceback == STACK
    crash(seats, 2, "oom", limit=2)
    assert (handle.fetch().error.cause, handle.fetch().error.traceback) == ("oom", "")


def test_a_success_forgets_it(client, seats, store):
    handle = client.enqueue("t", keep=60)
    crash(seats, 1, "hard timeout", stack=STACK)
    engine = seats(2)
    [job] = claim(engine).jobs
    engine.complete([Done(engine.lease(job), b"\x05", 60, job.ms)])
    assert handle.fetch().error is None
    assert store.client.hexists(f"{BASE}:job:{handle.id}", "ks") is False


def test_a_death_that_is_not_charged_leaves_no_stack(client, seats):
    handle = client.enqueue("t")
    engine = seats(1)
    [job] = claim(engine).jobs
    seats(2).settle(1, "drain deadline", [engine.lease(job)], charged=False, max_crashes=1, stack=STACK)
    assert handle.fetch().error is None
