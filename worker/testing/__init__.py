"""Jobs in a test's own process: what stands behind the pytest fixtures of `herdsman_pytest`. docs/testing.md."""
