"""Grafana's boards, written down in Python: `python -m deploy.grafana.generate` makes the JSON beside it."""
