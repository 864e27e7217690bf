"""Which store is meant, and what its refusals mean to a shell."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from engine.errors import EngineError, PayloadError, StoreDown
from engine.store import keys

if TYPE_CHECKING:
    from engine.clients.client import Client
    from engine.entrance.carrier import Carrying

FAILED, USAGE, UNREACHABLE = 1, 2, 3
CONFIG_WITHIN = 30.0  # seconds for reading a config file


def fail(text: str, status: int = FAILED) -> NoReturn:
    """Says why and leaves with that status."""
    click.echo(text, err=True)
    sys.exit(status)


def weather() -> tuple[type[Exception], ...]:
    """What passes by: somebody who watches goes on watching."""
    return (StoreDown,)


@dataclass(frozen=True)
class Target:
    """The store as the command line names it: by a config file, or by `url` (and `namespace`)."""

    path: str
    url: str | None
    namespace: str | None

    @contextmanager
    def client(self) -> Iterator["Client"]:
        """A client; what goes wrong while it is used ends the command with the right status."""
        from engine.clients.client import Client
        from engine.store.connection import open_connection

        carrying: Carrying = {}
        if self.url:
            url, namespace = self.url, self.namespace or "default"
        else:
            url, namespace, carrying = self._configured()
        try:
            keys.base(namespace)
            open_connection(url, 1.0)  # connects nowhere, but knows a URL that it cannot use
        except (ValueError, EngineError) as error:
            fail(str(error), USAGE)
        try:
            with Client(url, namespace=namespace, **carrying) as client:
                yield client
        except (PayloadError, ValueError) as error:
            fail(str(error), USAGE)
        except StoreDown as error:
            fail(str(error), UNREACHABLE)
        except EngineError as error:
            fail(str(error))

    def _configured(self) -> tuple[str, str, "Carrying"]:
        # A command of its own: the engine imports none of our other packages.
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        done = subprocess.run(
            [sys.executable, "-P", "-m", "config", "-c", self.path, "--store", "--payloads"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdout=subprocess.PIPE,
            check=False,
            timeout=CONFIG_WITHIN,
        )
        if done.returncode:
            sys.exit(USAGE)  # it has said what is wrong with the file
        answer = json.loads(done.stdout)
        from engine.entrance.carrier import carrying

        try:
            said = carrying(answer["max_payload"], answer["compress_over"], answer["keys"])
        except EngineError as error:
            fail(str(error))
        return answer["url"], answer["namespace"], said
