"""The life of a worker process: claiming, running and acknowledging, idle waiting, and when it is time to leave."""
