"""`python -m deploy.grafana.generate`: write the boards beside this file. A test holds both together."""

import json
from pathlib import Path

from deploy.grafana.fleet import FLEET
from deploy.grafana.overview import OVERVIEW
from deploy.grafana.type_board import TYPE

HERE = Path(__file__).resolve().parent / "boards"
BOARDS = {"overview.json": OVERVIEW, "type.json": TYPE, "fleet.json": FLEET}


def texts() -> dict[str, str]:
    """File name -> its text."""
    return {name: json.dumps(board.json(), indent=2) + "\n" for name, board in BOARDS.items()}


if __name__ == "__main__":
    for name, text in texts().items():
        (HERE / name).write_text(text)
