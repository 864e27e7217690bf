"""The task: one file in, its measures out."""

from typing import Any

from examples.codestats.measure import measure
from worker import task


@task("codestats", queue="codestats", timeout="30s")
def codestats(path: str) -> dict[str, Any]:
    """Measure the file at ``path``; one that does not parse fails, is retried and becomes a dead letter."""
    return measure(path)._asdict()
