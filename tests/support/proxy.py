"""A proxy between a client and the store: it can lose a reply after the request was executed, or refuse."""

import contextlib
import select
import socket
import tempfile
import threading
from pathlib import Path
from typing import Self


class Proxy:
    """On a unix socket of its own. `lose` counts down: so many replies are lost, each with its connection."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)
        self._folder = tempfile.TemporaryDirectory(prefix="hp-")
        self.path = Path(self._folder.name) / "s"
        self.url = f"unix://{self.path}"
        self.lose = 0
        self.skip = 0
        self.refuse = False
        self.lost = 0
        self._stop = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(64)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
        self._folder.cleanup()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                if not select.select([self._listener], [], [], 0.05)[0]:
                    continue
                client, _ = self._listener.accept()
            except (OSError, ValueError):  # it was closed, at whatever moment
                return
            if self.refuse:
                client.close()
                continue
            thread = threading.Thread(target=self._carry, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            server.connect(self._target)
            scripted = False
            while not self._stop.is_set():
                for ready in select.select([client, server], [], [], 0.05)[0]:
                    data = ready.recv(1 << 20)
                    if not data or self.refuse:
                        return
                    if ready is client:
                        scripted = scripted or b"EVALSHA" in data
                        server.sendall(data)
                    elif scripted and self.lose > 0 and not data.startswith(b"-NOSCRIPT"):
                        if self.skip > 0:
                            self.skip -= 1
                            client.sendall(data)
                            continue
                        self.lose -= 1
                        self.lost += 1
                        return
                    else:
                        client.sendall(data)
