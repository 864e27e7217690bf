"""`pools:` in the config file."""

from collections.abc import Mapping

from pydantic import Field

from config import fields as f
from config.reload import Reload
from config.section import Section


class Pool(Section):
    """A pool of worker processes that run the same tasks."""

    name: f.Name = Field(description="Unique among pools and programs")
    tasks: tuple[f.Module, ...] = Field(min_length=1, description="Modules that hold the tasks")
    queue_plan: f.QueuePlan = Field(
        ("default",), alias="queues", description="A list: strict priority order. A mapping: weights"
    )
    instances: f.Instances = Field(1, description="Processes: n, max (one a CPU), or -n (CPUs less n)")
    concurrency: f.Whole = Field(1, ge=1, le=1000, description="Jobs at once in one process")
    drain_timeout: f.Duration = Field(30.0, description="From SIGTERM to SIGKILL")
    max_memory_restart: f.Memory | None = Field(None, description="Recycle at the next job boundary above it")
    max_jobs: f.Whole = Field(0, ge=0, description="Recycle after about so many jobs; 0: never")
    max_age: f.Duration = Field(0.0, description="Recycle after about so long; 0: never")
    env: f.Environment = Field(default={}, repr=False, description="Added to the processes' environment")
    http_port: f.OwnPort | None = Field(None, description="Serve POST /jobs, /metrics and /health here")
    http_task: f.Text = Field("uppercase", min_length=1, description="The task that POST /jobs runs")
    ageing: f.Duration = Field(60.0, description="A job that waited so long goes before higher priorities; 0: never")
    max_batch: f.Whole = Field(100, ge=1, le=1000, description="Most jobs claimed at once")
    reload: Reload = Field(Reload(), description="How workers are replaced, whatever the cause")

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues, in order of priority (of the file, where they have weights)."""
        return tuple(self.queue_plan)

    @property
    def reload_drain_timeout(self) -> float:
        """Seconds from TERM to KILL in a reload."""
        own = self.reload.drain_timeout
        return self.drain_timeout if own is None else own

    @property
    def queue_weights(self) -> Mapping[str, int]:
        """The weight of each queue; empty: `queues` is a strict order."""
        return self.queue_plan if isinstance(self.queue_plan, dict) else {}
