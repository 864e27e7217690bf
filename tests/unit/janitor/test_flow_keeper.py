from typing import Any

import pytest

from janitor.duty import Pass
from janitor.flow_keeper import FlowKeeper


class FakeEngine:
    def __init__(self, *reply: int) -> None:
        self.reply = reply
        self.asked: list[Any] = []

    def run(self, call: Any) -> Any:
        self.asked.append((call.script, call.args))
        return call.parse(self.reply)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [((0, 0), Pass(0, None)), ((5, 0), Pass(5, None)), ((200, 1), Pass(200, 0.0)), ((0, 1), Pass(0, None))],
)
def test_it_goes_on_at_once_while_there_is_more_to_do(reply: tuple[int, int], outcome: Pass) -> None:
    engine = FakeEngine(*reply)
    assert FlowKeeper(engine, 1.0, limit=50).run_once() == outcome
    assert engine.asked == [("proceed", [50])]
