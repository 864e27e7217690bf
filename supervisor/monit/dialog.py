"""The question before an act, and the page of keys: two screens on top of the screen."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

Answer = TypeVar("Answer")

_BOX = """
{name} {{ align: center middle; }}
{name} > Vertical {{ width: auto; max-width: 76; height: auto; border: round $warning; padding: 1 2; }}
{name} Static {{ width: auto; }}
{name} Horizontal {{ width: auto; height: auto; margin-top: 1; }}
{name} Button {{ margin-right: 2; }}
"""


class _Telling(ModalScreen[Answer]):
    """A box with a text in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text


class Question(_Telling[bool]):
    """Names what would be done to whom. Cancel has the focus, so that Enter does nothing; `y` does it."""

    CSS = _BOX.format(name="Question")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "do it"),
        Binding("n,escape,q", "answer(False)", "cancel"),
    ]

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical():
            yield Static(self._text, markup=False)
            with Horizontal():
                yield Button("Cancel", id="cancel")
                yield Button("Do it (y)", id="do", variant="warning")

    def on_mount(self) -> None:
        """Nothing is done by habit."""
        self.query_one("#cancel", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the two was chosen."""
        self.dismiss(event.button.id == "do")

    def action_answer(self, yes: bool) -> None:
        """One of the two was chosen by its key."""
        self.dismiss(yes)


class Keys(_Telling[None]):
    """All keys; any of them closes it."""

    CSS = _BOX.format(name="Keys")

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical():
            yield Static(self._text, markup=False)

    def on_key(self) -> None:
        """Close it."""
        self.dismiss(None)
