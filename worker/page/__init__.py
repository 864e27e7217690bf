"""HTTP beside a worker: run a task, look at the figures, ask whether it lives."""
