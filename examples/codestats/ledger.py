"""Which jobs were submitted, kept in a file, so that a program that was killed goes on where it stopped."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


class Ledger:
    """File name -> job id, on disk as one JSON object that is replaced whole: half a write is never read.

    A chunk submitted in the very moment of a kill, before it was written here, is submitted again by the next
    run; its first jobs run too, and are counted by nobody.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.jobs: dict[str, str] = self._read()

    def add(self, jobs: Mapping[str, str]) -> None:
        """Remember these, on disk before it returns."""
        self.jobs.update(jobs)
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(self.jobs, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def close(self) -> None:
        """All is done: the next run begins anew."""
        self.jobs.clear()
        self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, str]:
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return {str(name): str(job) for name, job in read.items()} if isinstance(read, dict) else {}
