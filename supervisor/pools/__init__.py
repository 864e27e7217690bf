"""Worker pools: seats, generations of zygotes, rollouts, and how many workers there are to be."""
