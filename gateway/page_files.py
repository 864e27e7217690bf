"""The dashboard's own files: read once, kept in memory, known by what is in them.

Only names that were found at the start are answered, so no path of a request ever
reaches the file system.
"""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "pages"
INDEX = "index.html"

_STAMP = b"{{assets}}"
"""Where the page is told the hash of all files, to compare it with that of the feed."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class PageFile:
    """One file as it is answered: its bytes, its media type, and its ETag (with the quotes)."""

    body: bytes
    type: str
    tag: str


@dataclass(frozen=True)
class PageFiles:
    """All files of the dashboard.

    Attributes:
        index: the page itself.
        assets: the other files, by name (`main.js`, `screens/jobs.js`).
        hash: of all of them together; another one says that a tab runs old code.
    """

    index: PageFile
    assets: dict[str, PageFile]
    hash: str


def read(folder: Path = FOLDER) -> PageFiles:
    """Read all files of a known type under the folder.

    Raises:
        OSError: the folder has no page: the package is damaged.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES and path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    index = found.pop(INDEX, None) or (folder / INDEX).read_bytes()
    total = hashlib.sha256(index)
    for name, body in found.items():
        total.update(name.encode() + b"\0" + body)
    stamp = total.hexdigest()[:16]
    return PageFiles(
        _file(INDEX, index.replace(_STAMP, stamp.encode())),
        {name: _file(name, body) for name, body in found.items()},
        stamp,
    )


@functools.cache
def page_files() -> PageFiles:
    """The files of this package, read at the first call."""
    return read()


def _file(name: str, body: bytes) -> PageFile:
    tag = hashlib.sha256(body).hexdigest()[:24]
    return PageFile(body, _TYPES[Path(name).suffix], f'"{tag}"')
