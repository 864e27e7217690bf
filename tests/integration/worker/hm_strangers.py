"""A task that no other pool of the tests knows."""

from worker import task


@task("stranger")
def stranger(left: int) -> str:
    return "hello" if left else ""
