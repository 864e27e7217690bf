"""A worker's own series as text that Prometheus reads. Pure."""

from collections.abc import Iterable

from scoreboard import BUCKETS, SeriesKind, SeriesSnapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HEADS = {
    "herdsman_jobs_total": ("counter", "Jobs by what became of them."),
    "herdsman_job_duration_seconds": ("histogram", "How long jobs ran."),
    "herdsman_job_wait_seconds": ("histogram", "How long jobs waited before they were claimed."),
    "herdsman_jobs_started_late_total": ("counter", "Jobs claimed later than their queue's wait_target."),
}


def exposition(rows: Iterable[SeriesSnapshot]) -> str:
    """The text for these rows."""
    lines: dict[str, list[str]] = {name: [] for name in _HEADS}
    for row in rows:
        if row.kind is SeriesKind.JOBS:
            labels = f'queue="{_escaped(row.queue)}",type="{_escaped(row.type)}"'
            lines["herdsman_job_duration_seconds"] += _histogram("herdsman_job_duration_seconds", labels, row)
        else:
            labels = f'queue="{_escaped(row.queue)}"'
            lines["herdsman_job_wait_seconds"] += _histogram("herdsman_job_wait_seconds", labels, row)
            lines["herdsman_jobs_started_late_total"].append(f"herdsman_jobs_started_late_total{{{labels}}} {row.late}")
        for outcome, count in row.outcomes.items():
            # Rows of waiting times count only what no type is known of.
            if row.kind is SeriesKind.JOBS or count:
                typed = labels if row.kind is SeriesKind.JOBS else labels + ',type=""'
                lines["herdsman_jobs_total"].append(f'herdsman_jobs_total{{{typed},outcome="{outcome}"}} {count}')
    text: list[str] = []
    for name, (kind, words) in _HEADS.items():
        text += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *lines[name]]
    return "\n".join(text) + "\n"


def _histogram(name: str, labels: str, row: SeriesSnapshot) -> list[str]:
    lines, total = [], 0
    for bound, count in zip(BUCKETS, row.buckets, strict=True):
        total += count
        edge = "+Inf" if bound == float("inf") else f"{bound:g}"
        lines.append(f'{name}_bucket{{{labels},le="{edge}"}} {total}')
    return [*lines, f"{name}_sum{{{labels}}} {row.sum_ns / 1e9:.9g}", f"{name}_count{{{labels}}} {total}"]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
