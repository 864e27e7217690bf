"""The smallest task there is; ``POST /work`` of the gateway runs it."""

from worker import task


@task("uppercase")
def uppercase(text: str) -> str:
    """``text`` in capitals."""
    return text.upper()
