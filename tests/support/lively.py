"""A herd that is nice to look at: two pools, several queues, failures, schedules, workflows, and jobs coming in."""

import itertools
import random
import threading
from typing import Any

from engine import Client, Flow
from engine.errors import EngineError
from tests.support.herd import Herd

TASKS = "tests.support.lively_tasks"
SCHEDULES = [
    {
        "name": "nightly-report",
        "task": "report",
        "cron": "0 3 * * *",
        "timezone": "Europe/Berlin",
        "payload": {"days": 1},
    },
    {"name": "poll-feeds", "task": "report", "cron": "*/5 * * * *", "timezone": "UTC"},
    {"name": "weekly-digest", "task": "report", "cron": "30 8 * * 1", "timezone": "America/New_York"},
    {"name": "invoices", "task": "report", "cron": "0 6 1 * *", "timezone": "Europe/Berlin", "queue": "billing"},
    {"name": "heartbeat", "task": "report", "cron": "*/10 * * * * *", "timezone": "UTC"},
]


def lively_herd(**sections: Any) -> Herd:
    """The herd, not started."""
    quick = {"retries": 3, "backoff": {"base": "20s", "factor": 2, "max": "10m", "jitter": 0.1}, "result_ttl": "2h"}
    pools = [
        {"name": "default", "tasks": [TASKS], "queues": ["billing", "mail", "default"], "instances": 4},
        {"name": "media", "tasks": [TASKS], "queues": ["media", "reports"], "instances": 3},
    ]
    return Herd(
        with_gateway=True,
        pools=[{**pool, "accept_short_drain": True} for pool in pools],
        queues={
            "mail": {**quick, "wait_target": "20s"},
            "media": {**quick, "wait_target": "30s"},
            "default": quick,
            "billing": {**quick, "wait_target": "5s"},
            "reports": quick,
        },
        schedules=SCHEDULES,
        janitor={"interval": "500ms"},
        **sections,
    )


class Load(threading.Thread):
    """Submits jobs until it is told to stop, about as many as the herd can do, and somewhat more to `media`."""

    def __init__(self, client: Client, pace: float = 1.0) -> None:
        super().__init__(daemon=True)
        self._client = client
        self._pace = pace
        self._over = threading.Event()
        self._numbers = itertools.count(1)

    def run(self) -> None:
        while not self._over.wait(0.25 / self._pace):
            try:
                self._some()
            except EngineError:
                continue

    def stop(self) -> None:
        self._over.set()
        self.join(5)

    def _some(self) -> None:
        enqueue, n = self._client.enqueue, next(self._numbers)
        for _ in range(random.randint(3, 6)):
            enqueue("send-email", {"to": f"user{random.randint(1, 9000)}@example.com", "template": "welcome"}, keep=600)
        enqueue("resize-image", {"path": f"photos/{n:05}.jpg", "width": random.choice((320, 640, 1280))}, keep=600)
        if n % 12 == 0:
            enqueue("render-report", {"month": f"2026-{random.randint(1, 12):02}", "pages": random.randint(6, 14)})
        if n % 30 == 0:
            enqueue("charge-card", {"customer": f"c-{random.randint(100, 999)}", "cents": random.randint(500, 9900)})
        if n % 25 == 0:
            enqueue("import-feed", {"url": f"https://feeds.example.com/{n}.xml"})


def furnish(client: Client) -> dict[str, str]:
    """What stands in the herd from the start; returns ids that are worth a look, by name."""
    for n in range(38):
        client.enqueue("charge-card", {"customer": f"c-{n + 100}", "cents": 990 + n})
    for n in range(9):
        client.enqueue("thumbnail", {"path": f"uploads/{n}.png"})
    for n in range(4):
        client.enqueue("import-feed", {"url": f"https://feeds.example.com/{n}.xml"})
    for n in range(120):
        client.enqueue("send-email", {"to": f"reader{n}@example.com", "template": "newsletter"}, queue="newsletter")
    client.pause("newsletter")
    crash = client.enqueue("crunch")
    client.flows.submit(failing_flow())
    return {"crash": crash.id}


def picture_flow() -> Flow:
    """Fan out, fold, come together."""
    flow = Flow("spring-catalogue")
    fetched = flow.job("step", {"seconds": 0.3}, name="fetch")
    checked = flow.job("step", {"seconds": 0.5}, name="check", after=fetched)
    pictures = flow.group(
        *(("resize-image", {"path": f"catalogue/{n}.jpg", "width": 640}) for n in range(32)), after=checked
    )
    prices = flow.job("step", {"seconds": 0.4}, name="prices", after=fetched)
    text = flow.job("step", {"seconds": 0.6}, name="texts", after=fetched)
    layout = flow.job("render-report", {"month": "2026-11", "pages": 8}, name="layout", after=[*pictures, prices, text])
    layout.then("step", {"seconds": 0.2}, name="publish")
    layout.then("send-email", {"to": "editors@example.com", "template": "done"}, name="tell-editors")
    return flow


def failing_flow() -> Flow:
    """One member dies; what waited for it is not run."""
    flow = Flow("order-4711")
    packed = flow.job("step", {"seconds": 0.2}, name="reserve")
    paid = flow.job("charge-card", {"customer": "c-4711", "cents": 12900}, name="charge", after=packed)
    paid.then("step", {"seconds": 0.2}, name="ship")
    flow.job("send-email", {"to": "c4711@example.com", "template": "sorry"}, name="apologise", on_failure=[paid])
    return flow
