import logging

from engine.doctor.doctor import Diagnosis
from engine.doctor.findings import NOTE, RISK, WARNING, Finding
from janitor.doctor import Doctor
from janitor.duty import Pass

EVICTS = Finding("eviction", RISK, "it evicts", "jobs go", "set it")
FULL = Finding("memory", WARNING, "it is full", "no room")
ALONE = Finding("replicas", NOTE, "no replica", "well")


class FakeEngine:
    def __init__(self, *findings):
        self.findings = list(findings)

    def diagnosis(self):
        return Diagnosis("all may go", self.findings)


def test_at_the_start_it_says_the_headline_and_what_is_grave(caplog):
    with caplog.at_level(logging.INFO):
        assert Doctor(FakeEngine(EVICTS, FULL, ALONE)).run_once() == Pass(2)
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("INFO", "store: all may go"),
        ("ERROR", "store: it evicts; jobs go; set it"),
        ("WARNING", "store: it is full; no room"),
    ]


def test_what_was_said_is_not_said_again_until_it_was_gone(caplog):
    engine = FakeEngine(EVICTS)
    doctor = Doctor(engine)
    doctor.run_once()
    caplog.clear()
    doctor.run_once()
    assert caplog.records == []
    engine.findings = []
    doctor.run_once()
    engine.findings = [EVICTS]
    doctor.run_once()
    assert [one.levelname for one in caplog.records] == ["ERROR"]
