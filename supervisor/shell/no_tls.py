"""A supervisor speaks no TLS and encrypts nothing: the library for that, 4 MB of its 45, stays out of its memory."""

import sys
from types import ModuleType


def without_tls() -> None:
    """Say to whoever looks that there is none: asyncio does without `ssl`, hashlib without OpenSSL's hashes."""
    for name in ("ssl", "_hashlib"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # imports' own "not there"


def pretend_tls() -> None:
    """Have `import ssl` succeed from now on, where it is missing: for a library that names it and never uses it."""
    if sys.modules.get("ssl", sys) is None:
        sys.modules["ssl"] = _Pretended("ssl")


class _Pretended(ModuleType):
    """Has every name that an annotation or a class body may ask for."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return object
