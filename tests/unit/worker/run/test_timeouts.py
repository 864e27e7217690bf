import asyncio
import signal
import threading
import time

import pytest

from worker import SoftTimeout
from worker.run.cancelled import Cancelled
from worker.run.timeouts import NEVER, Alarm, ThreadTimeout


@pytest.fixture
def alarm() -> Alarm:
    made = Alarm()
    made.install()
    return made


@pytest.fixture(autouse=True)
def quiet_alarm():
    before = signal.getsignal(signal.SIGALRM)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_task_that_overstays_gets_the_exception(alarm: Alarm) -> None:
    alarm.watch(time.monotonic_ns() + 20_000_000)
    with pytest.raises(SoftTimeout):
        spin(2)
    assert alarm.deadline_ns == 0


def test_one_setting_of_the_timer_serves_many_jobs(alarm: Alarm, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(signal, "setitimer", lambda *args: calls.append(args))
    for _ in range(1000):
        alarm.watch(time.monotonic_ns() + 10**9)
        alarm.deadline_ns = 0
    assert len(calls) == 1


def test_a_job_begun_after_the_timer_was_set_gets_its_own_time(alarm: Alarm) -> None:
    alarm.watch(time.monotonic_ns() + 20_000_000)
    alarm.deadline_ns = 0
    alarm.watch(time.monotonic_ns() + 200_000_000)
    begun = time.monotonic()
    with pytest.raises(SoftTimeout):
        spin(2)
    assert time.monotonic() - begun >= 0.19


def test_a_thread_is_told_and_never_after_its_task() -> None:
    timeout, seen = ThreadTimeout(), []
    inside, ended = threading.Event(), threading.Event()

    def work() -> None:
        timeout.begin()
        inside.set()
        try:
            spin(5)
        except SoftTimeout:
            seen.append("told")
        timeout.end()
        ended.set()
        spin(0.05)
        seen.append("unharmed")

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(5)
    assert timeout.fire()
    ended.wait(5)
    assert not timeout.fire()
    thread.join(5)
    assert seen == ["told", "unharmed"]


def test_a_cancel_is_raised_in_the_task_that_runs_and_nowhere_else() -> None:
    wanted = []
    made = Alarm(lambda: bool(wanted))
    made.install()
    signal.raise_signal(signal.SIGALRM)  # nothing runs: it must not matter what was asked
    made.deadline_ns = NEVER
    signal.raise_signal(signal.SIGALRM)  # another's
    wanted.append(1)
    with pytest.raises(Cancelled):
        signal.raise_signal(signal.SIGALRM)
    assert made.deadline_ns == 0


def test_a_cancel_is_told_to_a_coroutine_by_its_loop() -> None:
    made = Alarm(lambda: True)
    made.install()

    async def run() -> None:
        made.awaited = asyncio.current_task()
        signal.raise_signal(signal.SIGALRM)
        await asyncio.sleep(30)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
