"""A tab of a real browser on a herd's dashboard, and all that its console complained about."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from tests.support.herd import Herd

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
# What a browser says when the gateway is gone, as some tests want it to be.
_LOST = ("WebSocket connection to", "Failed to load resource: net::ERR_CONNECTION")


class Tab:
    """A page on a herd, and all that its console complained about."""

    def __init__(self, context: BrowserContext, herd: Herd) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.base = f"http://127.0.0.1:{herd.gateway_port}"
        self.complaints: list[str] = []
        self.may_lose = False
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str = "/ui") -> Page:
        """Go there, and wait until the feed is live and its figures are there."""
        self.page.goto(self.base + path)
        self.page.locator('.light[data-is="live"]').wait_for()
        expect(self.page.locator('#main [aria-busy="true"]:visible')).to_have_count(0, timeout=10_000)
        return self.page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if self.may_lose and message.text.startswith(_LOST):
            return
        self.complaints.append(f"{message.text} ({message.location.get('url')})")
