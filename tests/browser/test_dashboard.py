"""The dashboard in a browser, on a live herd: what people do with it, and what must not happen to them."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import NewJob
from tests.support import lively
from tests.support.processes import eventually

pytestmark = pytest.mark.process

SCREENS = ["", "/jobs", "/jobs?q=all", "/dead", "/queues", "/queues/default", "/workers", "/schedules", "/workflows"]
HOSTILE = '<img src=x onerror="window.hacked = true">'


def _state(page: Page, word: str) -> None:
    expect(page.locator(".head .state", has_text=word)).to_be_visible(timeout=15_000)


def test_every_screen_opens_and_shows_figures(tab: Any, herd: Any) -> None:
    herd.client.enqueue("nap", {"seconds": 0}).result(timeout=10)
    for screen in SCREENS:
        page = tab.open(f"/ui{screen}")
        expect(page.locator("h1")).not_to_be_empty()
        expect(page.locator(".trouble:visible")).to_have_count(0)
    page.goto(f"{tab.base}/")
    expect(page.locator("h1")).to_have_text("Overview")


def test_a_job_is_submitted_and_watched_until_it_is_done(tab: Any) -> None:
    page = tab.open("/ui/jobs")
    page.get_by_role("button", name="Submit a job").click()
    page.get_by_label("Type").fill("stepwise")
    page.get_by_label("Payload (JSON)").fill("{steps: 40}")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("dialog .problem")).to_contain_text("The payload is no JSON")
    page.get_by_label("Payload (JSON)").fill('{"steps": 40}')
    page.get_by_role("button", name="Submit", exact=True).click()
    page.locator(".toast").get_by_role("button", name="Show").click()
    expect(page.locator("h1")).to_have_text("stepwise")
    _state(page, "running")
    expect(page.get_by_role("progressbar")).to_be_visible()
    _state(page, "completed")
    expect(page.locator(".moments .what").first).to_have_text("enqueued")
    expect(page.locator(".panel", has=page.locator("h2", has_text="Result"))).to_contain_text("0")


def test_a_killed_worker_leaves_a_certificate_and_a_successor(tab: Any, herd: Any) -> None:
    before = {info.pid for info in herd.client.workers() if info.pool == "media"}
    page = tab.open("/ui/workers")
    row = page.locator("tr", has_text="media.0")
    row.get_by_role("button", name=re.compile("Acts of worker")).click()
    page.get_by_role("menuitem", name="Kill").click()
    expect(page.get_by_role("dialog")).to_contain_text("media.0")
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    death = page.locator(".death", has_text="media.0").first
    expect(death).to_be_visible(timeout=15_000)
    death.locator("summary").click()
    expect(death.locator(".certificate")).to_contain_text(f"pid {before.pop()}")
    expect(row.locator(".c-state")).to_contain_text("idle", timeout=15_000)


def test_a_pool_is_scaled_one_worker_at_a_time(tab: Any) -> None:
    page = tab.open("/ui/workers")
    pool = page.locator('[data-pool="default"]')
    expect(pool.locator(".cells a:not(.wanting)")).to_have_count(2)
    pool.get_by_role("button", name="One worker more").click()
    expect(pool.locator(".counts")).to_contain_text("of 3 wanted")
    expect(pool.locator(".cells a:not(.wanting)")).to_have_count(3, timeout=15_000)
    pool.get_by_role("button", name="Set the number of workers").click()
    page.get_by_role("dialog").get_by_label("Workers").fill("2")
    page.get_by_role("dialog").get_by_role("button", name="Scale").click()
    expect(pool.locator(".cells a:not(.wanting)")).to_have_count(2, timeout=15_000)


def test_a_dead_letter_is_mended_and_retried(tab: Any, herd: Any) -> None:
    job = herd.client.enqueue("nap", {"seconds": "long"})
    eventually(lambda: job.state == "dead", 10)
    page = tab.open("/ui/dead")
    group = page.locator(".group", has_text="nap")
    group.get_by_role("button", name="Letters").click()
    group.get_by_role("link", name=job.id).click()
    page.get_by_role("button", name="Edit and retry").click()
    page.get_by_label("Payload (JSON)").last.fill('{"seconds": 0}')
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    _state(page, "completed")


def test_dead_letters_are_deleted_only_when_it_is_typed(tab: Any, herd: Any) -> None:
    jobs = [herd.client.enqueue("thumbnail", {"path": f"{n}.png"}) for n in range(3)]
    eventually(lambda: all(job.state == "dead" for job in jobs), 10)
    page = tab.open("/ui/dead")
    group = page.locator(".group", has_text="thumbnail")
    group.get_by_role("button", name="More acts").click()
    page.get_by_role("menuitem", name="Delete all of the group").click()
    delete = page.get_by_role("dialog").get_by_role("button", name="Delete all of them")
    expect(delete).to_be_disabled()
    page.get_by_label("Type delete to confirm").fill("delete")
    delete.click()
    expect(group).to_have_count(0)


def test_a_queue_is_paused_and_says_why_its_oldest_job_waits(tab: Any, herd: Any) -> None:
    herd.client.enqueue("send-email", {"to": "a@example.com", "template": "t"}).result(timeout=10)
    page = tab.open("/ui/queues/mail")
    page.get_by_role("button", name="Pause", exact=True).click()
    _state(page, "paused")
    herd.client.enqueue("send-email", {"to": "b@example.com", "template": "t"})
    page.reload()
    expect(page.locator(".panel", has_text="Why the oldest waits")).to_contain_text("paused")
    page.get_by_role("button", name="Resume").click()
    _state(page, "ok")


def test_a_schedule_is_told_in_words_and_run_now(tab: Any) -> None:
    page = tab.open("/ui/schedules")
    row = page.locator("tr", has_text="nightly")
    expect(row).to_contain_text("every day at 03:00")
    row.get_by_role("button", name="Run now").click()
    expect(row.locator(".c-last")).to_contain_text("completed", timeout=15_000)
    row.get_by_role("button", name=re.compile("Acts of schedule")).click()
    page.get_by_role("menuitem", name="Pause").click()
    expect(row.locator(".c-next")).to_contain_text("paused")


def test_a_workflow_is_drawn_with_the_states_of_its_jobs(tab: Any, herd: Any) -> None:
    flow = herd.client.flows.submit(lively.failing_flow())
    page = tab.open(f"/ui/workflows/{flow.id}")
    _state(page, "failed")
    charge = page.locator(".graph a", has_text="charge")
    expect(charge).to_have_attribute("aria-label", "charge: dead")
    expect(page.locator(".graph .edge")).to_have_count(3)
    charge.click()
    expect(page.locator(".errorline")).to_contain_text("CardDeclined")


def test_a_hostile_payload_is_text(tab: Any, herd: Any) -> None:
    job = herd.client.enqueue("import-feed", {"url": HOSTILE, HOSTILE: [HOSTILE]}, retries=0)
    eventually(lambda: job.state == "dead", 10)
    for path in (
        f"/ui/jobs/{job.id}",
        "/ui/jobs?q=state:dead",
        "/ui/dead",
        f"/ui/jobs/{HOSTILE}",
        f"/ui/queues/{HOSTILE}",
    ):
        page = tab.open(path)
        expect(page.locator("#main")).to_contain_text(
            "onerror" if "dead" not in path or "jobs" in path else "import-feed"
        )
        assert page.evaluate("[document.querySelectorAll('#main img').length, window.hacked ?? null]") == [0, None]


def test_rows_do_not_move_under_the_cursor(tab: Any, herd: Any) -> None:
    herd.client.enqueue("nap", {"seconds": 0}, delay="1h")
    page = tab.open("/ui/jobs?q=state:scheduled type:nap")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody tr").first.hover()
    herd.client.enqueue("nap", {"seconds": 0}, delay="30m")
    page.get_by_role("button", name="1 new: show").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_lost_gateway_leaves_old_figures_that_look_old(tab: Any, herd: Any) -> None:
    tab.may_lose = True
    page = tab.open("/ui")
    scheduled = page.locator('[data-figure="pending"] .below')
    before = scheduled.text_content()
    herd.kill(herd.pid_of("gateway"))
    expect(page.locator(".banner")).to_contain_text("Figures are as of")
    expect(page.locator("body")).to_have_attribute("data-stale", "")
    assert scheduled.text_content() == before
    expect(page.locator(".banner")).to_have_count(0, timeout=30_000)
    expect(page.locator('.light[data-is="live"]')).to_be_visible()


def test_the_keyboard_goes_everywhere(tab: Any, herd: Any) -> None:
    herd.client.enqueue("nap", {"seconds": 0}, delay="1h")
    page = tab.open("/ui")
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.locator("h1")).to_have_text("Queues")
    page.keyboard.press("/")
    page.keyboard.type("state:scheduled t")  # what is typed is text
    expect(page.locator("html")).not_to_have_attribute("data-theme", "light")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto(f"{tab.base}/ui/jobs?q=state:scheduled")
    page.locator("tbody tr").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".marked")).to_contain_text("1 marked")
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("tbody tr").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("nap")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Jobs")
    page.keyboard.press("?")
    page.get_by_label("Single keys act").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator("h1")).to_have_text("Jobs")


def test_pause_holds_what_is_shown(tab: Any, herd: Any) -> None:
    page = tab.open("/ui/jobs?q=state:scheduled type:say")
    page.keyboard.press("Space")
    expect(page.locator('.light[data-is="paused"]')).to_be_visible()
    herd.client.enqueue("say", {"text": "later"}, delay="1h")
    herd.client.enqueue("nap", {"seconds": 0}).result(timeout=10)
    expect(page.locator("tbody tr")).to_have_count(0)
    page.keyboard.press("Space")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_filter_looks_further_than_the_first_window(tab: Any, herd: Any) -> None:
    herd.client.enqueue_many(NewJob("leave", {"status": 0}, delay="1h") for _ in range(300))
    herd.client.enqueue("swell", {"size": 0}, delay="2h")
    page = tab.open("/ui/jobs?q=state:scheduled type:swell")
    expect(page.locator("tbody tr")).to_have_count(1, timeout=15_000)


def test_a_search_says_how_far_it_looked_and_where_a_query_is_wrong(tab: Any, herd: Any) -> None:
    herd.client.enqueue_many(NewJob("leave", {"user": {"id": n}}, delay="1h") for n in range(300))
    page = tab.open("/ui")
    page.keyboard.press("/")
    page.keyboard.type("payload.user.id:17,290 state:scheduled")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".lookedat")).to_have_text(re.compile(r"Looked at [\d,]+, 2 found \(scan\)$"))
    assert "payload.user.id" in page.url
    page.keyboard.press("/")
    page.keyboard.type("payload.user.id<60 state:scheduled type:leave")
    page.keyboard.press("Enter")
    expect(page.locator(".lookedat")).to_contain_text("50 found (scan); there may be more")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("tbody tr")).to_have_count(60)
    page.get_by_label("Mark all rows shown").check()
    page.get_by_role("button", name="Cancel them").click()
    expect(page.get_by_role("dialog")).to_contain_text("60 jobs")
    page.get_by_role("dialog").get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Unmark").click()
    page.get_by_role("button", name="Cancel all…").click()
    expect(page.get_by_role("dialog")).to_contain_text("60 jobs")
    page.get_by_role("dialog").get_by_role("button", name="Cancel all of them").click()
    expect(page.locator(".toast")).to_contain_text("60 cancelled")
    expect(page.locator(".empty")).to_contain_text("No job matches payload.user.id<60")
    page.keyboard.press("/")
    page.keyboard.type("type:leave sate:dead")
    page.keyboard.press("Enter")
    error = page.locator(".filtererror")
    expect(error).to_contain_text('there is no field "sate" (did you mean "state"?)')
    expect(error.locator("mark")).to_have_text("s")
    tab.complaints = [one for one in tab.complaints if "422" not in one]
