"""Both clients, by the same cases: the async one is driven from a thread of its own."""

import asyncio
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import AsyncClient, Client, JobError, JobFailed, JobNotFound, NewJob, PayloadError, ResultTimeout, StoreDown
from engine.clients.engine import Engine
from engine.store import keys
from engine.store.claims import Done
from tests.support.processes import eventually


class Driven:
    """An AsyncClient (or a handle of its) whose coroutines are run to their end on a loop in another thread."""

    def __init__(self, inner, loop):
        self._inner, self._loop = inner, loop

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args, **kwargs):
            result = found(*args, **kwargs)
            if asyncio.iscoroutine(result):
                result = asyncio.run_coroutine_threadsafe(result, self._loop).result(20)
            return Driven(result, self._loop) if hasattr(result, "fetch") else result

        return call


@pytest.fixture(params=["sync", "async"])
def client(request, store):
    if request.param == "sync":
        with Client(store.url) as client:
            yield client
        return
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def make():
        return AsyncClient(store.url)

    inner = asyncio.run_coroutine_threadsafe(make(), loop).result(5)
    yield Driven(inner, loop)
    asyncio.run_coroutine_threadsafe(inner.close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def work(store):
    """Runs jobs by a function from job to result bytes, None, or an error, until stopped."""
    stop = threading.Event()

    def run(answer):
        engine = Engine(store.url, "default", incarnation=77)
        while not stop.is_set():
            engine.post([], 10, ("default",), 30)
            jobs = engine.collect().jobs
            for job in jobs:
                outcome = answer(job)
                if isinstance(outcome, JobError):
                    engine.bury(engine.lease(job), outcome)
                else:
                    engine.complete([Done(engine.lease(job), outcome, 60)])
            stop.wait(0 if jobs else 0.005)
        engine.close()

    with ThreadPoolExecutor() as threads:
        yield lambda answer: threads.submit(run, answer)
        stop.set()


def test_a_result_is_waited_for_and_told(client, work):
    handle = client.enqueue("t", 5)
    work(lambda job: job.payload)
    assert handle.result(5) == 5


def test_a_result_that_was_there_before_is_given_at_once(client, work):
    work(lambda job: job.payload)
    handle = client.enqueue("t", "x")
    assert handle.result(5) == "x"
    assert handle.result(0.5) == "x"


def test_a_job_that_leaves_nothing_behind_has_the_result_none(client, work):
    work(lambda _job: None)
    assert client.enqueue("t").result(5) is None


def test_a_dead_jobs_result_is_its_error(client, work):
    work(lambda _job: JobError(type="ValueError", message="no such user"))
    with pytest.raises(JobFailed, match="no such user"):
        client.enqueue("t").result(5)


def test_a_job_that_does_not_end_is_a_timeout_and_an_unknown_one_is_not_found(client):
    with pytest.raises(ResultTimeout):
        client.enqueue("t").result(0.1)
    with pytest.raises(JobNotFound):
        client.job("1-9999999999999-1").result(0.1)
    with pytest.raises(JobNotFound):
        client.job("1-1-1").result(0.1)
    with pytest.raises(JobNotFound):
        client.job("nonsense").result(0.1)


def test_many_jobs_are_waited_for_at_once(client, work):
    ids = client.enqueue_many([NewJob("t", n) for n in range(1500)])
    work(lambda job: job.payload)
    ended = client.wait(ids, 20)
    assert [ended[i].result for i in ids] == list(range(1500))


def test_nothing_is_waited_for_when_no_job_is_named(client):
    assert client.wait([], 5) == {}


def test_close_ends_a_wait_by_an_error_and_a_later_wait_opens_anew(client, store, work):
    handle = client.enqueue("t", 3)
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(handle.result, 50) for _ in range(8)]
        eventually(lambda: store.client.zcard(keys.base("default") + ":watched"), 10)
        client.close()
        assert {str(done.exception(15)) for done in waiting} == {"the client was closed while this waited"}
    work(lambda job: job.payload)
    assert handle.result(15) == 3


def test_bad_input_is_refused_before_anything_is_sent(client):
    with pytest.raises(PayloadError):
        client.enqueue("t", object())
    with pytest.raises(ValueError, match="task"):
        client.enqueue("no good name!")
    with pytest.raises(ValueError, match="queue"):
        client.enqueue("t", queue="a b")
    with pytest.raises(ValueError, match="duration"):
        client.enqueue("t", delay="soon")
    assert client.queues() == {}


def test_the_figures_say_which_server_it_is(client, store):
    figures = client.figures()
    assert (figures.server, figures.version) == (store.name, store.version)
    assert figures.memory > 100_000


def test_a_wait_outlives_a_restart_of_the_store(client, store, work):
    handle = client.enqueue("t", 9)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(handle.result, 15)
        time.sleep(0.1)  # so that the wait has begun; too short or too long, the test holds
        store.restart()
        work(lambda job: job.payload)
        assert waiting.result(15) == 9


def test_who_waits_on_a_store_that_is_away_is_told_so(client, store):
    job = client.enqueue("t").id
    store.stop()
    with pytest.raises(StoreDown):
        client.ended([job], 0.6)
    store.start()
    client.cancel(job)
    assert client.ended([job], 20) == {job}


def test_threads_share_a_client(client):
    with ThreadPoolExecutor(8) as threads:
        ids = [h.id for h in threads.map(lambda n: client.enqueue("t", n), range(400))]
        assert len(set(ids)) == client.queues()["default"].pending == 400


@pytest.mark.process
def test_a_forks_child_speaks_on_connections_of_its_own(store):
    with Client(store.url) as client:
        client.enqueue("t", "parent")
        child = os.fork()
        if child == 0:
            try:
                client.enqueue("t", "child")
            finally:
                os._exit(0)
        for n in range(50):
            client.enqueue("t", n)
        os.waitpid(child, 0)
        assert client.queues()["default"].pending == 52


@pytest.mark.process
def test_forks_while_other_threads_use_the_client_neither_hang_nor_mix_replies(store):
    with Client(store.url) as client:
        stop, wrong = threading.Event(), []

        def use():
            while not stop.is_set():
                job = client.enqueue("t", "parent")
                if client.find(job.id).data != "parent":
                    wrong.append(job.id)

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            statuses = [_in_a_child(lambda n=n: client.find(client.enqueue("c", n).id).data == n) for n in range(20)]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert (statuses, wrong) == ([0] * 20, [])
        assert sum(job.type == "c" for job in all_jobs(client)) == 20


def test_sixteen_threads_each_get_their_own_answers(client):
    def use(number):
        for n in range(25):
            handle = client.enqueue("t", [number, n])
            ids = client.enqueue_many([("t", [number, n, k]) for k in range(3)])
            found = client.find_many([handle.id, *ids])
            assert [found[i].data for i in ids] == [[number, n, k] for k in range(3)]
            assert found[handle.id].data == [number, n]
            assert client.cancel(handle.id)
        return number

    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(use, range(16))) == list(range(16))
    assert client.queues()["default"].pending == 16 * 25 * 3


def _in_a_child(check, within=20.0):
    """A forked child's exit status: 0 when `check` held; killed when it hangs."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            status = 0 if check() else 1
        finally:
            os._exit(status)
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hung"


def all_jobs(client):
    cursor = None
    while True:
        page = client.jobs(limit=500, cursor=cursor)
        yield from page.jobs
        cursor = page.cursor
        if cursor is None:
            return
