"""The trace of a job around its run, and OpenTelemetry's spans of it."""

from worker.tracing.tracing import traced

__all__ = ["traced"]
