"""The table of processes: draws only what changed, and keeps the cursor on its line."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual.widgets import DataTable

from supervisor.monit.rows import STATE_STYLES, WORKER_HEAD, Row

_STATE = WORKER_HEAD.index("state")


class Processes(DataTable[Any]):
    """Lines are known by their keys, columns by their place in `WORKER_HEAD`."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name, cursor_type="row", zebra_stripes=True)
        self._rows: list[Row] = []
        self._places: tuple[int, ...] = ()

    @property
    def chosen(self) -> Row | None:
        """The line under the cursor."""
        return self._rows[self.cursor_row] if 0 <= self.cursor_row < len(self._rows) else None

    @property
    def lines(self) -> Sequence[Row]:
        """All lines that are shown."""
        return self._rows

    def draw(self, rows: list[Row], places: tuple[int, ...]) -> None:
        """Show these lines and these columns."""
        before, chosen = self._rows, self.chosen
        keys = [row.key for row in rows]
        if places != self._places or keys != [row.key for row in before]:
            self._draw_all(rows, places)
            if chosen is not None and chosen.key in keys:
                self.move_cursor(row=keys.index(chosen.key))
        else:
            self._draw_changes(rows, before)
        self._rows = rows

    def _draw_all(self, rows: list[Row], places: tuple[int, ...]) -> None:
        self.clear(columns=places != self._places)
        if places != self._places:
            self._places = places
            self.add_columns(*(WORKER_HEAD[place] for place in places))
        for row in rows:
            self.add_row(*self._styled(row), key=row.key)

    def _draw_changes(self, rows: list[Row], before: list[Row]) -> None:
        """Only the cells that changed, so that the cursor stays and a large herd costs little."""
        for row, old in zip(rows, before, strict=True):
            for column, cell, was in zip(list(self.columns), self._styled(row), self._styled(old), strict=True):
                if cell != was:
                    self.update_cell(row.key, column, cell)

    def _styled(self, row: Row) -> list[Text]:
        style = STATE_STYLES.get(row.cells[_STATE], "")
        return [Text(row.cells[place], style=style if place == _STATE else "") for place in self._places]
