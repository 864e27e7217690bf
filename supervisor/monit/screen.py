"""The screen: processes, queues and a live log; looks once a second, and sends what its keys ask for."""

import asyncio
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import DataTable, Footer, RichLog, Static

from supervisor.monit.rows import QUEUE_HEAD, STATE_STYLES, WORKER_HEAD, Row, process_rows, queue_rows, summary
from supervisor.monit.source import Source
from supervisor.monit.tailing import lines
from supervisor.outside.client import NotRunningError, RefusedError

_LOG_LINES = 2000


class Monit(App[None]):
    """Keys act on the line under the cursor: its pool, or its program."""

    TITLE = "herdsman"
    CSS = """
    #summary { height: 1; background: $primary; color: $text; padding: 0 1; }
    #processes { width: 3fr; height: 100%; }
    #queues { width: 1fr; min-width: 44; height: 100%; }
    #tables { height: 60%; }
    #log { height: 1fr; border-top: solid $primary; }
    #said { height: 1; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit"),
        Binding("plus", "scale('+1')", "+1 worker"),
        Binding("minus", "scale('-1')", "-1 worker"),
        Binding("r", "act('reload')", "reload"),
        Binding("shift+r,R", "act('restart')", "restart"),
        Binding("s", "act('stop')", "stop"),
        Binding("t", "act('start')", "start"),
        Binding("l", "follow", "log of this one"),
        Binding("a", "follow_all", "all logs"),
    ]

    def __init__(self, source: Source, config: str, *, period: float = 1.0) -> None:
        super().__init__()
        self._source = source
        self._config = config
        self._period = period
        self._rows: list[Row] = []
        self._log_of: str | None = None

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static("connecting …", id="summary")
        with Horizontal(id="tables"):
            yield DataTable(id="processes", cursor_type="row", zebra_stripes=True)
            yield DataTable(id="queues", cursor_type="none")
        yield RichLog(id="log", max_lines=_LOG_LINES, markup=False, highlight=False)
        yield Static("", id="said")
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look."""
        self._processes.add_columns(*WORKER_HEAD)
        self._queues.add_columns(*QUEUE_HEAD)
        self.run_worker(self._look(), group="look")
        self._begin_log()

    def action_scale(self, count: str) -> None:
        """One worker more or less."""
        row = self._chosen()
        if row is not None and row.is_pool:
            self._send("scale", {"name": row.target, "count": count})
        else:
            self._say("only a pool can be scaled: choose one of its workers")

    def action_act(self, verb: str) -> None:
        """Reload, restart, stop or start what is chosen."""
        row = self._chosen()
        if row is not None:
            self._send(verb, {"name": row.target})

    def action_follow(self) -> None:
        """Show the log of what is chosen."""
        row = self._chosen()
        if row is not None:
            self._log_of = row.target
            self._begin_log()

    def action_follow_all(self) -> None:
        """Show all logs."""
        self._log_of = None
        self._begin_log()

    @property
    def _processes(self) -> "DataTable[Any]":
        return self.query_one("#processes", DataTable)

    @property
    def _queues(self) -> "DataTable[Any]":
        return self.query_one("#queues", DataTable)

    def _chosen(self) -> Row | None:
        place = self._processes.cursor_row
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def _send(self, verb: str, args: dict[str, Any]) -> None:
        self.run_worker(self._sent(verb, args), group="send")

    async def _sent(self, verb: str, args: dict[str, Any]) -> None:
        self._say(await asyncio.to_thread(self._source.act, verb, args))

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Text(text))

    async def _look(self) -> None:
        while True:
            try:
                status, cpu = await asyncio.to_thread(self._source.status)
            except (NotRunningError, RefusedError) as error:
                self.query_one("#summary", Static).update(Text(str(error), style="bold red"))
            else:
                self._show(status, cpu)
            await asyncio.sleep(self._period)

    def _show(self, status: dict[str, Any], cpu: dict[int, float]) -> None:
        self.query_one("#summary", Static).update(Text(summary(status)))
        rows = process_rows(status, cpu)
        chosen, table = self._chosen(), self._processes
        if [row.key for row in rows] != [row.key for row in self._rows]:
            table.clear()
            for row in rows:
                table.add_row(*_styled(row.cells), key=row.key)
            keys = [row.key for row in rows]
            if chosen is not None and chosen.key in keys:
                table.move_cursor(row=keys.index(chosen.key))
        else:
            self._update(rows)
        self._rows = rows
        self._queues.clear()
        for cells in queue_rows(status):
            self._queues.add_row(*cells)

    def _update(self, rows: list[Row]) -> None:
        """Only the cells that changed, so that the cursor stays and a large herd costs little."""
        columns = list(self._processes.columns)
        for row, old in zip(rows, self._rows, strict=True):
            for column, cell, before in zip(columns, _styled(row.cells), _styled(old.cells), strict=True):
                if cell != before:
                    self._processes.update_cell(row.key, column, cell)

    def _begin_log(self) -> None:
        self.query_one("#log", RichLog).clear()
        self.run_worker(self._follow(self._log_of), group="log", exclusive=True)

    async def _follow(self, name: str | None) -> None:
        log = self.query_one("#log", RichLog)
        async for line in lines(self._config, name):
            log.write(Text.from_ansi(line))


def _styled(cells: tuple[str, ...]) -> list[Text]:
    style = STATE_STYLES.get(cells[1], "")
    return [Text(cell, style=style if place == 1 else "") for place, cell in enumerate(cells)]
