"""`python -m engine`: jobs, queues and dead letters from a terminal; see docs/engine-cli.md."""

from engine.cli.command import cli

if __name__ == "__main__":
    cli(prog_name="python -m engine")
