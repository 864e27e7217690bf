"""What a herd needs around it: containers, Prometheus, Grafana."""
