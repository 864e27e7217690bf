"""`python -m engine schedules …`, `close`, `drain` and `open` as a shell sees them."""

import pytest

from engine import Schedule
from engine.schedules import schedule
from engine.store.claims import Done
from tests.support.command import run
from tests.support.seats import claim

pytestmark = pytest.mark.by_turns


def test_a_schedule_is_put_listed_shown_previewed_run_paused_and_deleted(say, client):
    said = say(
        "schedules", "put", "nightly", "report", "0 3 * * *", '{"days": 1}', "--timezone", "Europe/Berlin",
        "--overlap", "cancel_old", "--misfire-max", "2h", "--jitter", "30s",
    )  # fmt: skip
    assert said == {"name": "nightly", "new": True}
    one = client.schedules.show("nightly").schedule
    assert (one.payload, one.timezone, one.overlap, one.misfire_max, one.jitter) == (
        {"days": 1}, "Europe/Berlin", "cancel_old", 7200.0, 30.0,
    )  # fmt: skip
    assert [info["schedule"]["name"] for info in say("schedules")] == ["nightly"]
    assert [info["origin"] for info in say("schedules", "list")] == ["api"]
    assert say("schedules", "show", "nightly")["schedule"]["cron"] == "0 3 * * *"
    assert say("schedules", "next", "nightly", "-n", "7")["next"] == client.schedules.next("nightly", 7)
    assert say("schedules", "pause", "nightly") == {"name": "nightly", "paused": True, "changed": True}
    assert say("schedules", "pause", "nightly")["changed"] is False
    assert say("schedules", "resume", "nightly")["paused"] is False
    job = say("schedules", "run", "nightly")["id"]
    assert client.find(job).type == "report"
    assert say("schedules", "put", "nightly", "report", "@daily")["new"] is False
    assert say("schedules", "delete", "nightly") == {"name": "nightly", "deleted": True}
    assert say("schedules") == []


def test_a_queue_is_closed_drained_and_opened(say, refused, client, seats):
    client.enqueue_many((("t", n) for n in range(3)), queue="q")
    assert say("close", "q") == {"queue": "q", "closed": True, "changed": True}
    assert say("open", "q") == {"queue": "q", "closed": False, "changed": True}
    assert say("open", "q")["changed"] is False
    status, text = refused("drain", "q", "--timeout", "0.2")
    assert (status, "q is closed and not drained within 0.2: 3 pending, 0 processing, 0 scheduled" in text) == (1, True)
    assert refused("enqueue", "t", "--queue", "q")[0] == 1
    worker = seats(7)
    jobs = claim(worker, 3, ("q",)).jobs
    worker.complete([Done(worker.lease(job)) for job in jobs])
    assert say("drain", "q") == {
        "queue": "q", "closed": True, "done": True, "pending": 0, "processing": 0, "scheduled": 0,
    }  # fmt: skip


def test_people_get_plain_text(store, client):
    client.enqueue("t", queue="q")
    client.purge("q")
    client.run(schedule.declare("host:file", [Schedule(name="filed", task="t", cron="@hourly")]))
    heads = {
        ("schedules", "put", "tick", "t", "@hourly"): "made tick",
        ("schedules",): "NAME TASK CRON TIMEZONE NEXT LAST ENDED SUCCESS FIRED SKIPPED MISSED",
        ("schedules", "list"): "NAME TASK CRON TIMEZONE NEXT",
        ("schedules", "show", "tick"): "name tick",
        ("schedules", "next", "tick", "-n", "1"): "20",
        ("schedules", "pause", "tick"): "paused tick",
        ("schedules", "resume", "tick"): "resumed tick",
        ("schedules", "run", "tick"): "",
        ("schedules", "put", "tick", "t", "* * * * *"): "replaced tick",
        ("schedules", "delete", "tick"): "deleted tick",
        ("close", "q"): "q is closed now",
        ("queues",): "QUEUE PENDING SCHEDULED",
        ("drain", "q"): "q is drained and closed",
        ("open", "q"): "q is open now",
    }
    for words, head in heads.items():
        done = run("--url", store.url, *words)
        assert (done.returncode, done.stderr) == (0, ""), (words, done.stderr)
        assert " ".join(done.stdout.splitlines()[0].split()).startswith(head), done.stdout
        if words == ("queues",):
            assert "closed" in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("schedules", "show", "nightl"), 1, "did you mean 'nightly'?"),
        (("schedules", "next", "nothing"), 1, "there is no schedule 'nothing'"),
        (("schedules", "run", "nothing"), 1, "there is no schedule"),
        (("schedules", "delete", "nothing"), 1, "there is no schedule"),
        (("schedules", "delete", "nightly"), 1, "change it there"),
        (("schedules", "put", "nightly", "t", "@daily"), 1, "host:file"),
        (("schedules", "put", "x", "t", "never"), 2, "no cron expression"),
        (("schedules", "put", "x", "t", "@daily", "--timezone", "Bonn"), 2, "time zone"),
        (("schedules", "put", "x", "t", "@daily", "{"), 2, "JSON"),
        (("schedules", "put", "x", "t", "@daily", "--overlap", "odd"), 2, "overlap"),
        (("schedules", "put", "x", "t", "@daily", "--jitter", "2d"), 2, "cannot be"),
        (("schedules", "next", "nightly", "-n", "0"), 2, "count"),
        (("drain", "nowhere"), 1, "no job was ever put into"),
        (("close", "nowhere"), 1, "no job was ever put into"),
        (("open", "nowhere"), 1, "no job was ever put into"),
        (("drain", "q", "--timeout", "x"), 2, "no duration"),
    ],
)
def test_a_failure_has_a_status_and_a_sentence(refused, client, words, status, said):
    client.enqueue("t", queue="q")
    client.run(schedule.declare("host:file", [Schedule(name="nightly", task="t", cron="@daily")]))
    got, text = refused(*words)
    assert (got, said in text) == (status, True), text
