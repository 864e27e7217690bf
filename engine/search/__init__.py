"""Search: a small language, what it means for a job, and a walk over the store in bounded steps (docs/search.md)."""
