"""What is set for a whole queue: its limits, whether it takes new jobs, and emptying it."""
