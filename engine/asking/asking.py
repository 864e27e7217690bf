"""The part of the clients that those need who ask questions and make calls for them."""

from typing import Protocol, TypeVar

from engine.store.calls import Call
from engine.store.question import Question

T = TypeVar("T")


class Asks(Protocol):
    """The part of `Client` that is needed."""

    def ask(self, question: Question[T]) -> T:
        """The answer to a question."""
        ...

    def run(self, call: Call[T]) -> T:
        """One call."""
        ...


class AsksLater(Protocol):
    """The part of `AsyncClient` that is needed."""

    async def ask(self, question: Question[T]) -> T:
        """The answer to a question."""
        ...

    async def run(self, call: Call[T]) -> T:
        """One call."""
        ...
