"""The known word that is most like an unknown one."""

from collections.abc import Iterable

_LONGEST = 80  # every letter is compared with every letter


def nearest_of(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Answer it; None when none comes near (0 to 1: how much has to be alike)."""
    import difflib  # only a mistake needs it, and a supervisor that runs for months does not

    return next(iter(difflib.get_close_matches(word[:_LONGEST], list(known), n=1, cutoff=cutoff)), None)
