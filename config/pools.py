"""`pools:` in the config file."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from config import fields as f
from config.autoscale import Autoscale
from config.dependencies import DependsOn
from config.log_files import Log
from config.reload import Reload
from config.section import Section
from config.watch import Watch


class Pool(Section):
    """A pool of worker processes that run the same tasks."""

    name: f.Name = Field(description="Unique among pools and programs")
    namespace: f.Name | None = Field(None, description="A label: `stop namespace:LABEL` means all that bear it")
    tasks: tuple[f.Module, ...] = Field(min_length=1, description="Modules that hold the tasks")
    queue_plan: f.QueuePlan = Field(
        ("default",), alias="queues", description="A list: strict priority order. A mapping: weights"
    )
    instances: f.Instances = Field(1, description="Processes: n, max (one a CPU), or -n (CPUs less n)")
    autoscale: Autoscale | None = Field(None, description="Let the queues decide how many; instances is the beginning")
    admission: Literal["refuse", "warn", "off"] = Field(
        "warn", description="What to do about more workers than there is memory for, by what one was measured to take"
    )
    concurrency: f.Whole = Field(1, ge=1, le=1000, description="Jobs at once in one process")
    drain_timeout: f.Duration = Field(30.0, description="From SIGTERM to SIGKILL")
    accept_short_drain: bool = Field(
        default=False, description="Allow a drain_timeout that is shorter than the longest timeout of the tasks"
    )
    max_memory_restart: f.Memory | None = Field(None, description="Recycle at the next job boundary above it")
    max_jobs: f.Whole = Field(0, ge=0, description="Recycle after about so many jobs; 0: never")
    max_age: f.Duration = Field(0.0, description="Recycle after about so long; 0: never")
    watch: Watch | None = Field(None, description="Reloaded when files change")
    env: f.Environment = Field(default={}, repr=False, description="Added to the processes' environment")
    http_port: f.OwnPort | None = Field(None, description="Serve POST /jobs, /metrics and /health here")
    http_task: f.Text = Field("uppercase", min_length=1, description="The task that POST /jobs runs")
    ageing: f.Duration = Field(60.0, description="A job that waited so long goes before higher priorities; 0: never")
    preflight: Literal["warn", "refuse", "off"] = Field(
        "warn", description="About threads, connections and event loops that importing the tasks leaves behind"
    )
    max_batch: f.Whole = Field(100, ge=1, le=1000, description="Most jobs claimed at once")
    reload: Reload = Field(Reload(), description="How workers are replaced, whatever the cause")
    log: Log = Field(Log(), description="Its log, where it differs from `logs`")
    depends_on: DependsOn = Field(default={}, description="Who must be there first: a list (ready), or name: condition")
    essential: bool = Field(default=False, description="When it cannot be started, the supervisor ends, with status 1")

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

    @property
    def most(self) -> int:
        """The most workers that the file has in mind."""
        return max(self.instances, self.autoscale.max if self.autoscale else 0)
