"""A record's words, watched: something else may happen between any two of them."""

from collections.abc import Callable
from typing import Any


class Stepped:
    """Words that call back before each access."""

    def __init__(self, words: Any, step: Callable[[], None]) -> None:
        self._words = words
        self._step = step

    def __getitem__(self, place: Any) -> Any:
        self._step()
        return self._words[place]

    def __setitem__(self, place: Any, value: Any) -> None:
        self._step()
        self._words[place] = value
