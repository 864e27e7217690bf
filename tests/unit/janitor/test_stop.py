import os
import signal
import threading
import time

from janitor.stop import StopRequest


def test_nothing_asked_means_the_wait_runs_its_time() -> None:
    with StopRequest() as stop:
        assert stop.wait(0.01) is False
        assert not stop.asked


def test_a_term_ends_the_wait_at_once() -> None:
    with StopRequest() as stop:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        began = time.monotonic()
        assert stop.wait(30) is True
        assert time.monotonic() - began < 5
        timer.join()


def test_an_int_before_the_wait_is_not_missed() -> None:
    with StopRequest() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(30) is True
        assert stop.asked


def test_the_earlier_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with StopRequest():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
