"""Whether a process works: readiness after its start, liveness ever after. All of it in the supervisor's one loop."""
