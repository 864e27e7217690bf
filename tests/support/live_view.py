"""The live feed as a client sees it: frames in, rows out, by nothing but docs/live.md."""

from typing import Any

Rows = dict[str, dict[str, Any]]


class View:
    """One subscription's rows, kept up to date frame by frame."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.key = ""
        self.rows: Rows = {}
        self.more: str | None = None
        self.meta: dict[str, Any] | None = None
        self.trouble: dict[str, Any] | None = None
        self.kinds: list[str] = []

    def take(self, frame: dict[str, Any]) -> None:
        """One snap, delta or err."""
        self.kinds.append(frame["t"])
        if frame["t"] == "err":
            self.trouble = frame
            return
        self.trouble = None
        self.seq = frame["seq"]
        if frame["t"] == "snap":
            columns = frame["cols"]
            self.key = columns[0]
            self.rows = {row[0]: dict(zip(columns, row, strict=True)) for row in frame["rows"]}
            self.more, self.meta = frame.get("more"), frame.get("meta")
            return
        for key in frame["del"]:
            del self.rows[key]
        for key, cells in frame["set"]:
            self.rows.setdefault(key, {self.key: key}).update(cells)
        if "order" in frame:
            self.rows = {key: self.rows[key] for key in frame["order"]}
        self.more = frame.get("more", self.more)
        self.meta = frame.get("meta", self.meta)
