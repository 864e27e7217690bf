"""One run of a job: its context, its time limits, what it raises, and what the store is told of its end."""
