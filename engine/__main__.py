"""`python -m engine`: jobs, queues and dead letters from a terminal; see docs/engine-cli.md."""

import os

from engine.cli.command import cli
from engine.cli.terminal.unwritable import told_plainly

if __name__ == "__main__":
    # `herdsman VERB` becomes this program, and says then what it was called by.
    with told_plainly():
        cli(prog_name=os.environ.pop("HERDSMAN_COMMAND", "python -m engine"), complete_var="_HERDSMAN_COMPLETE")
