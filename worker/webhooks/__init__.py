"""Webhooks: the task that sends them, to whom it may speak, and how they are signed."""
