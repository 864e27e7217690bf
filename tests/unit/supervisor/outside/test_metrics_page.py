"""docs/metrics.md lists exactly what is exported: names, types, labels, and how many series at most."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from config import checked
from scoreboard import Board, SeriesSnapshot
from supervisor.outside.kept_names import MOST_QUEUES, MOST_TYPES, KeptNames
from supervisor.outside.metrics import HerdCollector
from supervisor.pools.slots import Slots
from supervisor.services.states import State
from tests.support.architecture import ROOT
from worker.page.exposition import exposition

PAGE = (ROOT / "docs/metrics.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| ([\w` ]*)\| [HS] \| .+ \|$", re.MULTILINE)


def collector(board: Board) -> HerdCollector:
    pool: Any = SimpleNamespace(
        name="web",
        number=0,
        target=1,
        seats=[],
        restarts=Counter(),
        recycles=Counter(),
        generations=SimpleNamespace(current=None),
        config=SimpleNamespace(max_memory_restart=None),
    )
    herd: Any = SimpleNamespace(
        certificates=SimpleNamespace(counts=Counter()),
        board=board,
        slots=Slots(4),
        pools=[pool],
        pool_records=1,
        programs={},
        logger=SimpleNamespace(sink=SimpleNamespace(discarded=0)),
        store=SimpleNamespace(state=State.RUNNING),
        strays_killed=Counter(),
        autoscaling=SimpleNamespace(of=lambda _pool: SimpleNamespace(counts=Counter())),
    )
    herd.slots.take()
    schedule = "schedules: [{name: nightly, task: t, cron: '@daily'}]"
    return HerdCollector(
        herd, checked(f"pools: [{{name: web, tasks: [t]}}]\n{schedule}", Path("/c.yaml"), {}), KeptNames()
    )


def listed() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {name: (kind, tuple(re.findall(r"\w+", labels))) for name, kind, labels in ROW.findall(PAGE)}


def test_the_page_lists_every_metric_with_its_type_and_labels_and_no_other() -> None:
    exported: dict[str, tuple[str, tuple[str, ...]]] = {}
    with Board.create(4, 1) as board:
        for family in collector(board).collect():
            name = family.name.removeprefix("herdsman_") + ("_total" if family.type == "counter" else "")
            exported[name] = (family.type, tuple(getattr(family, "_labelnames", ())))
            assert family.documentation
            assert family.name.startswith("herdsman_")
    assert exported == listed()


def test_a_worker_s_page_has_what_the_page_says() -> None:
    (words,) = re.findall(r"A worker's own page has (.+?) as that worker", PAGE, re.DOTALL)
    rows: list[SeriesSnapshot] = []
    assert set(re.findall(r"`(\w+)`", words)) == set(re.findall(r"# TYPE herdsman_(\w+)", exposition(rows)))


def test_the_page_says_how_many_series_there_can_be() -> None:
    with Board.create(4, 1) as board:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(collector(board))

        def count() -> int:
            return sum(not line.startswith(b"#") for line in generate_latest(registry).splitlines())

        bare = count()
        board.series(0).row("default", "type")
        of_a_type = count() - bare
        board.figures(0).publish({"up": True, "queues": {"more": {}}})
        board.series(0).row("more", "")
        of_a_queue = count() - bare - of_a_type
        lines = generate_latest(registry).decode().splitlines()
    of_a_schedule = sum('schedule="nightly"' in line for line in lines)
    of_a_pool = sum('pool="web"' in line for line in lines)
    assert f"| {MOST_TYPES}, and `(other)` for all that come later | {of_a_type} |" in PAGE
    assert f"| those of the config, {MOST_QUEUES} more, and `(other)` | {of_a_queue} |" in PAGE
    assert f"| those of the config, and the first 200 by name | {of_a_schedule} |" in PAGE
    assert f"| 256 | {of_a_pool}, and one a worker |" in PAGE
