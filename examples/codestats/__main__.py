"""The totals over the standard library (or ``--folder``), by the herd or (``--serial``) by a plain loop."""

import argparse
import os
import sys
from pathlib import Path

import config
from engine import Client
from engine.errors import EngineError
from examples.codestats import serial
from examples.codestats.files import library, source_files
from examples.codestats.ledger import Ledger
from examples.codestats.progress import Progress
from examples.codestats.submit import Run


def main(arguments: list[str] | None = None) -> int:
    """Run it; the exit status is 0, 1 (the store stayed away) or 2 (a bad config file)."""
    parser = argparse.ArgumentParser(prog="python -m examples.codestats", description=__doc__)
    parser.add_argument("--serial", action="store_true", help="without herdsman, in a plain loop")
    parser.add_argument("--folder", type=Path, default=library(), help="whose .py files; the standard library's")
    chosen = parser.parse_args(arguments)
    root = chosen.folder.resolve()
    names = source_files(root)
    try:
        report = serial.add_up(root, names).report() if chosen.serial else by_the_herd(root, names)
    except config.ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except EngineError as error:
        print(f"codestats: {error}; what was submitted is remembered: run it again", file=sys.stderr)
        return 1
    print(report)
    return 0


def by_the_herd(root: Path, names: list[str]) -> str:
    """Submit a job for each file to the herd that HERDSMAN_CONFIG describes, and wait for all."""
    settings = config.load(Path(os.environ.get("HERDSMAN_CONFIG", "config.yaml")))
    client = Client(config.store_url(settings), namespace=config.namespace(settings))
    ledger = Ledger(settings.data_dir / "codestats.json")
    progress = Progress(sys.stderr, len(names))
    try:
        report = Run(client, root, ledger, progress)(names).report()
    finally:
        progress.end()
        client.close()
    ledger.close()
    return report


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
