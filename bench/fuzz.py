"""Thousands of requests that schemathesis makes of the gateway's schema: `python -m bench.fuzz [--cases N] [PATH …]`.

A real gateway, store and workers; prints what went wrong, operation by operation. Exit status 1 when anything did.
"""

import argparse
import sys
import time

from bench.herd import store, workers
from bench.web import gateway
from tests.support import fuzz


def main() -> int:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="for each operation")
    parser.add_argument("--seed", type=int)
    parser.add_argument("paths", nargs="*", help="only operations whose label contains one of these")
    options = parser.parse_args()
    wrong = 0
    with (
        store("--appendfsync", "always") as url,
        workers(url, tasks="examples.text, bench.tasks", queues="bench, default"),
        gateway(url) as of,
    ):
        for operation in fuzz.operations(of.url):
            if options.paths and not any(path in operation.label for path in options.paths):
                continue
            began = time.monotonic()
            found = fuzz.trouble(operation, options.cases, options.seed)
            wrong += len(found)
            print(f"{operation.label:40} {time.monotonic() - began:6.1f} s  {len(found)} wrong", flush=True)
            for line in found:
                print(f"    {line}\n", flush=True)
        print(of.log.read_text()[-3000:])
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
