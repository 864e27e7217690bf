"""Flows: jobs that wait for one another, as plain data and in the store."""
