"""The same work in a plain loop, to compare with."""

from collections.abc import Iterable
from pathlib import Path

from examples.codestats.measure import measure
from examples.codestats.totals import Totals


def add_up(root: Path, names: Iterable[str]) -> Totals:
    """Measure each file under ``root`` in turn; whatever a file raises is noted, as a dead letter would."""
    totals = Totals()
    for name in names:
        try:
            totals.add(measure(str(root / name)))
        except Exception as error:  # noqa: BLE001 - a task's error may be anything, here as there
            totals.bury(name, type(error).__name__, str(error))
    return totals
