"""Kinds of failure that are nothing new: those of the generation that serves."""

from collections.abc import Iterable, Mapping

from scoreboard import Death

_REMEMBERED_S = 3600.0


class Kinds:
    """Remembers what workers that have left had met; a kind is `task: exception`, or `task: how the process ended`."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def remember(self, kinds: Iterable[str], now: float) -> None:
        """Keep kinds for an hour from now on."""
        for kind in kinds:
            self._seen[kind] = now

    def save(self) -> dict[str, float]:
        """Answer what is remembered."""
        return self._seen

    def restore(self, saved: Mapping[str, float]) -> None:
        """Remember that."""
        self._seen = dict(saved)

    def new(self, kinds: Iterable[str], serving: Iterable[str], now: float) -> frozenset[str]:
        """Those of `kinds` that neither the workers that serve have met nor those before them, of the last hour."""
        self._seen = {kind: at for kind, at in self._seen.items() if now - at < _REMEMBERED_S}
        return frozenset(kinds) - self._seen.keys() - frozenset(serving)


def kind_of_death(task: str, death: Death) -> str | None:
    """The kind of a worker's end; None when its job would not be charged for it."""
    return f"{task or 'worker'}: {death.text}" if death.charged else None
