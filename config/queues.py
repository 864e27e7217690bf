"""`queues:` and `types:` in the config file: policies and limits."""

from pydantic import Field

from config import fields as f
from config.section import Section


class Backoff(Section):
    """The delay before a retry: min(max, base * factor ** failures), spread by jitter."""

    base: f.Duration = Field(1.0, description="The first delay")
    factor: f.Number = Field(2.0, ge=1.0, le=100.0, description="Each delay is so many times the last")
    max: f.Duration = Field(3600.0, description="No delay is longer")
    jitter: f.Number = Field(0.1, ge=0.0, le=1.0, description="Part of a delay that is random")


class Limits(Section):
    """How much may run."""

    rate_limit: f.RateLimit | None = Field(None, description="Starts in a time, like 100/m or 5/10s")
    burst: f.Whole | None = Field(None, ge=1, description="Evenly spaced starts, so many at once; default: a window")
    concurrency_limit: f.Whole | None = Field(None, ge=1, description="Jobs at once, on all hosts together")


class Tenant(Limits):
    """What each tenant may have in one queue."""

    max_pending: f.Whole = Field(0, ge=0, description="Jobs of one tenant waiting at most; 0: no limit")
    max_pending_bytes: f.Cap = Field(0, description="Memory of one tenant's waiting jobs; 0: no limit")


class Type(Limits):
    """What the file says of one type of job; it goes before what its code says."""

    queue: f.QueueName | None = Field(None, description="Where its jobs go when nobody says otherwise")


class Queue(Section):
    """The policy of one queue."""

    retries: f.Whole = Field(3, ge=0, description="Times a failed job is tried again")
    backoff: Backoff = Field(Backoff(), description="The delay before a retry")
    lease: f.Duration = Field(30.0, ge=0.1, description="A silent worker loses its jobs after so long")
    max_pending: f.Whole = Field(0, ge=0, description="Jobs waiting at most; 0: no limit")
    max_pending_bytes: f.Cap = Field(0, description="Memory of the jobs waiting at most; 0: no limit")
    tenant: Tenant = Field(Tenant(), description="What each tenant may have in it")
    wait_target: f.Duration = Field(0.0, description="Jobs should start within so long; 0: no target")
    dlq_alert: f.Whole = Field(100, ge=0, description="Dead jobs that raise an alert; 0: never")
    max_crashes: f.Whole = Field(3, ge=1, description="Processes a job may take down before it is dead")
    result_ttl: f.Duration = Field(3600.0, description="Results are kept so long")
    max_result: f.Size = Field(1 << 20, description="A result has so many bytes at most; larger ones bury their jobs")
    failure_ttl: f.Duration = Field(0.0, description="Dead jobs are kept so long; 0: for ever")
    dlq_max: f.Whole = Field(0, ge=0, description="Dead jobs kept at most, the newest; 0: no limit")

    def over(self, base: "Queue") -> "Queue":
        """This queue with the keys it was not given taken from `base`."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "backoff" in given:
            own = self.backoff
            given["backoff"] = base.backoff.model_copy(
                update={name: getattr(own, name) for name in own.model_fields_set}
            )
        return base.model_copy(update=given)
