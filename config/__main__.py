"""`python -m config`: write config.schema.json beside pyproject.toml; `python -m config -` prints it."""

import sys
from pathlib import Path

from config.json_schema import generate

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the command; the exit status is 0 (done) or 2 (wrong usage)."""
    if arguments == ["-"]:
        print(generate(), end="")
        return 0
    if arguments or not (ROOT / "pyproject.toml").is_file():
        print(
            "usage: python -m config (in a source tree: writes config.schema.json), or: python -m config -",
            file=sys.stderr,
        )
        return 2
    (ROOT / "config.schema.json").write_text(generate(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
