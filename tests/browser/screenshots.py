"""`python -m tests.browser.screenshots`: a lively herd, and a picture of every screen, into docs/img.

Charts need a past: it runs for some minutes before the pictures are taken (`--minutes 0` for a quick look).
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import lively, processes
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.tab import DESK, PHONE, Tab

LARGEST = 150_000
"""Bytes of a picture."""


def screens(ids: dict[str, str]) -> dict[str, str]:
    """The pictures' names, and what each is of."""
    return {
        "overview": "/ui",
        "jobs": "/ui/jobs?q=state:dead queue:media",
        "job": f"/ui/jobs/{ids['crash']}",
        "running": "/ui/jobs/{running}",
        "dead": "/ui/dead",
        "queues": "/ui/queues",
        "queue": "/ui/queues/media",
        "workers": "/ui/workers",
        "schedules": "/ui/schedules",
        "workflows": "/ui/workflows",
        "workflow": "/ui/workflows/{flow}",
    }


def main() -> int:
    """Start the herd, wait, take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the herd works before (default 10)")
    parser.add_argument("--into", type=Path, default=ROOT / "docs/img", help="the folder (default docs/img)")
    parser.add_argument("--only", metavar="NAME", help="one screen, such as jobs")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if not chromium:
        print("there is no chromium on the PATH (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    processes.mark_this_run()
    herd = lively.lively_herd()
    try:
        herd.start()
        herd.ready()
        load = lively.Load(herd.client, pace=0.4)
        load.start()
        ids = lively.furnish(herd.client)
        time.sleep(60 * options.minutes + 5)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            wanted = {name: path for name, path in screens(ids).items() if options.only in (None, name)}
            too_large = take(browser, herd, wanted, options.into)
            browser.close()
        load.stop()
    finally:
        herd.close()
    print("\n".join(f"{path}: more than {LARGEST} bytes" for path in too_large))
    return 1 if too_large else 0


def take(browser: Browser, herd: Herd, wanted: dict[str, str], into: Path) -> list[Path]:
    """All pictures of all screens; returns those that are too large."""
    into.mkdir(parents=True, exist_ok=True)
    found = []
    for look in ("light", "dark", "phone"):
        size = PHONE if look == "phone" else DESK
        scheme = "dark" if look == "dark" else "light"
        context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        tab = Tab(context, herd)
        for name, path in wanted.items():
            page = tab.open(_address(herd, path))
            _settled(page)
            picture = into / f"{name}-{look}.png"
            page.screenshot(path=picture)
            found.append(picture)
        context.close()
        print("\n".join(tab.complaints))
    return [path for path in found if path.stat().st_size > LARGEST]


def _address(herd: Herd, path: str) -> str:
    """The path, of a report that is being rendered, or a workflow that is under way, where it says so."""
    if "{flow}" in path:
        flow = herd.client.flows.submit(lively.picture_flow())
        time.sleep(5)
        return path.format(flow=flow.id)
    if "{running}" not in path:
        return path
    job = herd.client.enqueue("render-report", {"month": "2026-11", "pages": 30}, queue="default")
    processes.eventually(lambda: (said := job.fetch().progress) and (said.fraction or 0) > 0.2, 60)
    return path.format(running=job.id)


def _settled(page: Page) -> None:
    """Two more readings have arrived: rates, processes' memory."""
    page.wait_for_timeout(2500)


if __name__ == "__main__":
    sys.exit(main())
