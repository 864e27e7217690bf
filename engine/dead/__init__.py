"""Dead letters: what failed for good, grouped by what it died of, retried or deleted, and who is told."""
