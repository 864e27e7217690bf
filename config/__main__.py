"""`python -m config`: write config.schema.json beside pyproject.toml; `python -m config -` prints it.
`python -m config -c FILE --store`: the store that a file names, as JSON, for commands that must not import us; with
`--payloads` also how payloads are written there, keys and all.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
USAGE = """\
usage: python -m config                      (in a source tree: writes config.schema.json)
       python -m config -                    (prints it)
       python -m config -c FILE --store      (prints the store's URL and namespace as JSON)
       python -m config -c FILE --store --payloads   (and the keys of its payloads)"""


def main(arguments: list[str]) -> int:
    """Run the command; the exit status is 0 (done) or 2 (wrong usage, a bad config file)."""
    if "--help" in arguments or "-h" in arguments:
        print(USAGE)
        return 0
    from config.json_schema import generate  # after help, which is to be quick

    match arguments:
        case ["-"]:
            print(generate(), end="")
            return 0
        case ["-c", path, "--store"] | ["--store", "-c", path]:
            return _store(Path(path))
        case ["-c", path, "--store", "--payloads"]:
            return _store(Path(path), payloads=True)
        case [] if (ROOT / "pyproject.toml").is_file():
            (ROOT / "config.schema.json").write_text(generate(), encoding="utf-8")
            return 0
    print(USAGE, file=sys.stderr)
    return 2


def _store(path: Path, *, payloads: bool = False) -> int:
    from config.load import load
    from config.problems import ConfigError
    from config.store import namespace, store_url

    try:
        config = load(path)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    said: dict[str, Any] = {"url": store_url(config), "namespace": namespace(config)}
    if payloads:  # asked for by itself: a person who asks for the store does not expect keys on the screen
        said["max_payload"] = config.payloads.max_size
        said["compress_over"] = config.payloads.compress_over or None
        said["keys"] = [(one.id, one.key) for one in config.encryption.keys]
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
