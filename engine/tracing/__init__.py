"""Traces from the producer to the task: the headers that carry them, and OpenTelemetry's spans."""

from engine.tracing.tracing import current, propagate

__all__ = ["current", "propagate"]
