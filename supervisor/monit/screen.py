"""The screen: processes, queues and a live log; looks once a second, and sends what its keys ask for.

Small letters look, capital letters act; an act is asked for first.
"""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import DataTable, Footer, Input, RichLog, Static

from supervisor.monit.dialog import Keys, Question
from supervisor.monit.processes import Processes
from supervisor.monit.rows import QUEUE_HEAD, chosen_rows, places, process_rows, queue_rows, summary
from supervisor.monit.source import Source
from supervisor.monit.tailing import lines
from supervisor.outside.client import NotRunningError, RefusedError

if TYPE_CHECKING:
    from textual.screen import Screen

_LOG_LINES = 2000
_AGAIN_S = 5  # between two tries to reach a supervisor that is gone
_BESIDE = 120  # columns from which the queues stand beside the processes
_HELP = """\
/  only lines in which a word is found   !  only trouble
w  all columns                           p  pause drawing
l  log of this one                       a  all logs
q  quit                                  ?  these keys

U  reload (new code, new config)         R  restart
K  stop                                  G  start
+  one worker more                       -  one worker less"""


class Monit(App[None]):
    """Keys act on the line under the cursor: its pool, or its program.

    Args:
        source: where the figures come from.
        config: the config file, for the log.
        period: seconds between two looks.
        plain: only characters of ASCII.
        read_only: no key acts.
    """

    TITLE = "herdsman"
    CSS = """
    #summary { height: 1; background: $primary; color: $text; padding: 0 1; }
    .lost #summary { background: $error; }
    .lost DataTable { opacity: 40%; }
    #processes { width: 3fr; height: 100%; }
    #queues { width: 1fr; min-width: 44; height: 100%; }
    #tables { height: 60%; }
    .narrow #queues { display: none; }
    #filter { display: none; height: 1; border: none; padding: 0 1; }
    #log { height: 1fr; border-top: solid $primary; }
    .plain #log { border-top: ascii $primary; }
    #said { height: 1; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit"),
        Binding("question_mark", "keys", "keys", key_display="?"),
        Binding("slash", "filter", "filter", key_display="/"),
        Binding("exclamation_mark", "trouble", "trouble", key_display="!"),
        Binding("w", "wide", "wide"),
        Binding("p", "pause", "pause"),
        Binding("l", "follow", "log"),
        Binding("a", "follow_all", "all logs"),
        Binding("plus", "scale('+1')", "+1", key_display="+"),
        Binding("minus", "scale('-1')", "-1", key_display="-"),
        Binding("shift+u,U", "act('reload')", "reload", key_display="U"),
        Binding("shift+r,R", "act('restart')", "restart", key_display="R"),
        Binding("shift+k,K", "act('stop')", "stop", key_display="K"),
        Binding("shift+g,G", "act('start')", "start", key_display="G"),
    ]

    def __init__(
        self, source: Source, config: str, *, period: float = 1.0, plain: bool = False, read_only: bool = False
    ) -> None:
        super().__init__()
        self._source = source
        self._config = config
        self._period = period
        self._plain = plain
        self._read_only = read_only
        self._status: dict[str, Any] | None = None
        self._cpu: dict[int, float] = {}
        self._wanted, self._trouble, self._wide, self._paused = "", False, False, False
        self._queue_rows: list[tuple[str, ...]] = []
        self._log_of: str | None = None

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static("connecting", id="summary")
        with Horizontal(id="tables"):
            yield Processes("processes")
            yield DataTable(id="queues", cursor_type="none")
        yield Input(placeholder="only lines with this word", id="filter")
        yield RichLog(id="log", max_lines=_LOG_LINES, markup=False, highlight=False)
        yield Static("", id="said")
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look."""
        self._base.set_class(self._plain, "plain")
        self._base.query_one("#queues", DataTable).add_columns(*QUEUE_HEAD)
        self._processes.focus()
        self.run_worker(self._look(), group="look")
        self._begin_log()

    def on_resize(self) -> None:
        """Fit the tables to the terminal."""
        self._base.set_class(self.size.width < _BESIDE, "narrow")
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Have no acts where only looking is wanted."""
        del parameters
        return not (self._read_only and action in ("act", "scale"))

    def action_scale(self, count: str) -> None:
        """One worker more or less."""
        row = self._processes.chosen
        if row is not None and row.is_pool:
            self._send("scale", {"name": row.target, "count": count})
        else:
            self._say("only a pool can be scaled: choose one of its workers")

    def action_act(self, verb: str) -> None:
        """Reload, restart, stop or start what is chosen, when somebody says yes."""
        row = self._processes.chosen
        if row is None:
            return
        count = sum(other.target == row.target for other in process_rows(self._status or {}, {}))
        of = "workers" if row.is_pool else "processes"
        kind = "pool" if row.is_pool else "program"

        def answered(yes: bool | None) -> None:
            if yes:
                self._send(verb, {"name": row.target})

        self.push_screen(Question(f"{verb} {kind} {row.target} ({count} {of})?"), answered)

    def action_keys(self) -> None:
        """Show all keys."""
        self.push_screen(Keys(_HELP))

    def action_filter(self) -> None:
        """Ask for a word."""
        field = self._base.query_one("#filter", Input)
        field.display = True
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only lines with that word, while it is typed."""
        self._wanted = event.value
        self._draw()

    def on_input_submitted(self) -> None:
        """Back to the table; the filter stays until it is empty."""
        self._base.query_one("#filter", Input).display = bool(self._wanted)
        self._processes.focus()

    def action_trouble(self) -> None:
        """Show only what is not well, or all again."""
        self._trouble = not self._trouble
        self._draw()

    def action_wide(self) -> None:
        """All columns, or as many as fit."""
        self._wide = not self._wide
        self._draw()

    def action_pause(self) -> None:
        """Hold the picture still, or let it go on."""
        self._paused = not self._paused
        self._say("paused: p goes on" if self._paused else "")

    def action_follow(self) -> None:
        """Show the log of what is chosen."""
        row = self._processes.chosen
        if row is not None:
            self._log_of = row.target
            self._begin_log()

    def action_follow_all(self) -> None:
        """Show all logs."""
        self._log_of = None
        self._begin_log()

    @property
    def _processes(self) -> Processes:
        return self._base.query_one("#processes", Processes)

    @property
    def _base(self) -> "Screen[Any]":
        """The screen below a question."""
        return self.screen_stack[0]

    def _send(self, verb: str, args: dict[str, Any]) -> None:
        self.run_worker(self._sent(verb, args), group="send")

    async def _sent(self, verb: str, args: dict[str, Any]) -> None:
        self._say(await asyncio.to_thread(self._source.act, verb, args))

    def _say(self, text: str) -> None:
        self._base.query_one("#said", Static).update(Text(text))

    async def _look(self) -> None:
        while True:
            try:
                self._status, self._cpu = await asyncio.to_thread(self._source.status)
            except (NotRunningError, RefusedError) as error:
                await self._count_down(str(error))
                continue
            self._base.remove_class("lost")
            if not self._paused:
                self._draw()
            await asyncio.sleep(self._period)

    async def _count_down(self, why: str) -> None:
        """What was seen last stays, in grey."""
        self._base.add_class("lost")
        for left in range(_AGAIN_S, 0, -1):
            said = f"{why}; trying again in {left} s"
            self._base.query_one("#summary", Static).update(Text(said))
            await asyncio.sleep(self._period)

    def _draw(self) -> None:
        if self._status is None:
            return
        self._base.query_one("#summary", Static).update(Text(summary(self._status)))
        rows = chosen_rows(process_rows(self._status, self._cpu), self._wanted, only_trouble=self._trouble)
        self._processes.draw(rows, places(wide=self._wide, width=self.size.width))
        queues: DataTable[Any] = self._base.query_one("#queues", DataTable)
        found = queue_rows(self._status)
        if found != self._queue_rows:
            self._queue_rows = found
            queues.clear()
            for cells in found:
                queues.add_row(*cells)

    def _begin_log(self) -> None:
        self._base.query_one("#log", RichLog).clear()
        self.run_worker(self._follow(self._log_of), group="log", exclusive=True)

    async def _follow(self, name: str | None) -> None:
        log = self._base.query_one("#log", RichLog)
        async for line in lines(self._config, name):
            log.write(Text.from_ansi(line))
