"""A proxy that disturbs one call: before it arrives, within its bytes, within its reply's bytes, or by restarting the
store in between.
"""

import contextlib
import os
import select
import socket
import tempfile
import threading
from pathlib import Path

# What befalls a call. The store has executed it in those of the second line, and not in those of the first. A test
# restarts the store between `down` and `up`; it may do something else there.
RESTART = "restart before the reply"
UNSEEN = ("before the request", "within the request", "at the request's last byte")
EXECUTED = ("reply lost", "within the reply", "at the reply's last byte", RESTART, "delivered twice")
FORGOTTEN = "script forgotten"
FAULTS = (*UNSEEN, *EXECUTED, FORGOTTEN)


class Saboteur:
    """On a unix socket of its own; the next request that has `command` in it meets the `fault`, once."""

    def __init__(self, target):
        self._target = str(target)
        self._folder = tempfile.TemporaryDirectory(prefix="hs-")
        self.url = f"unix://{self._folder.name}/s"
        self.fault = None
        self.command = b"EVALSHA"
        self.struck = 0
        self.down, self.up = threading.Event(), threading.Event()  # executed: restart it; it is up again
        self._ended, self._end = os.pipe()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(Path(self._folder.name, "s")))
        self._listener.listen(16)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self):
        os.close(self._end)  # whoever listens hears of it
        for thread in self._threads:
            thread.join(5)
        os.close(self._ended)
        self._listener.close()
        self._folder.cleanup()

    def _accept(self):
        while self._ended not in select.select([self._listener, self._ended], [], [])[0]:
            client, _ = self._listener.accept()
            thread = threading.Thread(target=self._carry, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, client):
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            server.connect(self._target)
            while True:
                for ready in select.select([client, server, self._ended], [], [])[0]:
                    if ready == self._ended:
                        return
                    data = ready.recv(1 << 20)
                    if not data:
                        return
                    if ready is client and self.fault and self.command in data:
                        if not self._strike(data, client, server):
                            return
                    else:
                        (server if ready is client else client).sendall(data)

    def _strike(self, data, client, server):
        """Whether the connection lives on."""
        fault = self.fault
        if fault in UNSEEN:
            self._note()
            server.sendall(data[: {UNSEEN[0]: 0, UNSEEN[1]: len(data) // 2, UNSEEN[2]: len(data) - 1}[fault]])
            return False
        server.sendall(data)
        reply = server.recv(1 << 20)
        if reply.startswith(b"-NOSCRIPT"):
            client.sendall(reply)
            return True
        self._note()
        if fault == "delivered twice":
            server.sendall(data)
            server.recv(1 << 20)
            client.sendall(reply)
            return True
        if fault == RESTART:
            self.down.set()
            self.up.wait(30)
        client.sendall(reply[: {EXECUTED[1]: len(reply) // 2, EXECUTED[2]: len(reply) - 1}.get(fault, 0)])
        return False

    def _note(self):
        self.fault = None
        self.struck += 1
