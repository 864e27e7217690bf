"""Schedules: what is to run when, and the reading of cron expressions."""
