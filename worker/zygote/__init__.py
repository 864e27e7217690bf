"""The zygote that workers are forked from: how it starts, and who tells it what to do."""
