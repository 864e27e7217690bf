"""Tasks that are members of flows."""

from typing import Any

from hm_tasks import note

from worker import current_job, task


@task("one")
def one() -> int:
    note("one")
    return 1


@task("double")
async def double(value: int) -> int:
    return 2 * value


@task("add-up")
def add_up(values: list[int | None]) -> int:
    return sum(value or 0 for value in values)


@task("breaks", retries=0)
def breaks() -> None:
    raise ValueError("no")


@task("kin")
def kin() -> dict[str, str]:
    return {name: getattr(outcome, "message", outcome) for name, outcome in current_job().parents().items()}


@task("split", retries=1)
def split(count: int) -> int:
    for n in range(count):
        current_job().spawn("double", {"value": n})
    if current_job().attempt == 1:
        raise ValueError("again")
    return 100


@task("split-async")
async def split_async(data: Any = None) -> str:
    return current_job().spawn("one", name="only")
