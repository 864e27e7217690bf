"""Tasks of a herd that is nice to look at: they take time, say how far they are, and some of them fail."""

import os
import random
import signal
import time

from worker import current_job, task


class CardDeclined(Exception):
    """What the bank says."""


@task("send-email", queue="mail", retries=3)
def send_email(to: str, template: str) -> str:
    """Short, and now and then the server does not answer."""
    time.sleep(random.uniform(0.02, 0.25))
    if random.random() < 0.03:
        raise TimeoutError(f"smtp.example.com did not answer within {random.randint(5, 30)} s")
    return f"{template} sent to {to}"


@task("resize-image", queue="media")
def resize_image(path: str, width: int) -> dict[str, object]:
    """Longer, with progress."""
    job = current_job()
    for step in range(10):
        time.sleep(random.uniform(0.03, 0.25))
        job.progress((step + 1) / 10, f"{path} at {width} px")
    return {"path": path, "width": width, "bytes": random.randint(10_000, 900_000)}


@task("render-report", queue="reports")
def render_report(month: str, pages: int) -> dict[str, object]:
    """Long, with progress and a log."""
    job = current_job()
    job.log(f"reading the figures of {month}")
    for page in range(pages):
        time.sleep(0.4)
        job.progress((page + 1) / pages, f"page {page + 1} of {pages}")
        job.log(f"page {page + 1}: {random.randint(20, 60)} rows, {random.randint(1, 4)} charts")
    return {"month": month, "pages": pages}


@task("charge-card", queue="billing", retries=0)
def charge_card(customer: str, cents: int) -> None:
    """Dies of one error that is always the same."""
    _ask_the_bank(customer, cents)


def _ask_the_bank(customer: str, cents: int) -> None:
    raise CardDeclined(f"card of customer {customer} declined: {cents} cents, insufficient funds")


@task("import-feed", queue="default", retries=5)
def import_feed(url: str) -> None:
    """Fails for a while: it is seen waiting for its retry."""
    time.sleep(0.05)
    raise ConnectionError(f"{url} refused the connection")


@task("thumbnail", queue="media", retries=0)
def thumbnail(path: str) -> None:
    """Dies, too."""
    raise ValueError(f"{path}: not a picture, but {random.randint(1, 9)} kB of HTML")


@task("crunch", queue="default")
def crunch() -> None:
    """Takes its worker along."""
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGSEGV)


@task("step", queue="default")
def step(seconds: float = 0.2) -> float:
    """A step of a workflow."""
    time.sleep(seconds)
    return seconds


@task("report", queue="default")
def report(days: int = 1) -> int:
    """What the schedules run."""
    time.sleep(0.1)
    return days
