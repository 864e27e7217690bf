"""How the logger is to work. Made by the supervisor from the config, handed over as JSON: no pydantic in the logger."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Stream:
    """One log (a pool's, a program's): shown on the terminal, and written once more by worker."""

    echo: bool = True
    per_worker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Sizes in bytes, times in seconds; 0 for an age means never."""

    format: str = "text"  # or json
    max_size: int = 10 << 20
    max_total: int = 100 << 20
    max_age: float = 0.0
    rotate_every: float = 0.0
    compress: str = "gzip"  # or none
    every: Stream = field(default_factory=Stream)
    streams: Mapping[str, Stream] = field(default_factory=dict)  # what differs, by name

    def stream(self, name: str) -> Stream:
        """Answer how one log is treated."""
        return self.streams.get(name, self.every)

    def to_json(self) -> str:
        """Answer one argument for the logger's command line."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: it is something else.
        """
        said: dict[str, Any] = json.loads(text)
        every = Stream(**said.pop("every", {}))
        streams = {name: Stream(**one) for name, one in said.pop("streams", {}).items()}
        return cls(**said, every=every, streams=streams)
