"""Where in the config file something was said; for what is only found wrong when the file has long been read."""

from pathlib import Path

from config.problems import Mark, dotted
from config.problems import Path as Place


def where(file: Path, place: Place) -> str:
    """Answer `config.yaml:4:20: pools[0].drain_timeout`, of the value or the closest one around it."""
    from config.marks import read

    try:
        mark = read(file.read_text(encoding="utf-8-sig"), str(file)).nearest(place)
    except (OSError, ValueError, KeyError):
        mark = Mark(str(file))
    return f"{mark}: {dotted(place)}"
