"""The nearest known word, for messages about unknown ones."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words most like this one, best first; case is no difference."""
    by_folded = {one.casefold(): one for one in known}
    # difflib compares every letter with every letter: a word of a megabyte is not worth it
    close = difflib.get_close_matches(word[:100].casefold(), by_folded, n=count, cutoff=0.5)
    return [by_folded[one] for one in close]


def hint(word: str, known: Iterable[str], count: int = 1) -> str:
    """' (did you mean "a" or "b"?)', or nothing when no known word comes near."""
    close = nearest(word, known, count)
    return f" (did you mean {' or '.join(quoted(one) for one in close)}?)" if close else ""


def quoted(text: str, longest: int = 80) -> str:
    """The text in double quotes, on one line and cut to a length that fits a message."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    visible = cut if cut.isprintable() else cut.encode("unicode_escape").decode()
    return f'"{visible}"'
