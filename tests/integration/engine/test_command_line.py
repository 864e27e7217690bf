"""`python -m engine` as a shell sees it: what it says, what it does, and its exit status."""

import json
import os
import subprocess
import sys
import threading

import pytest

from engine import JobError, WorkerInfo
from engine.clients.engine import Engine
from engine.store.claims import Done
from tests.support.command import ROOT, run
from tests.support.seats import claim

NEVER = "1-9999999999999-1"

pytestmark = pytest.mark.by_turns


@pytest.fixture
def letters(client, seats):
    """Three dead letters of two kinds in two queues."""
    engine = seats(5)
    ids = [client.enqueue("mail", {"n": n}, queue=queue).id for n, queue in enumerate(("a", "a", "b"))]
    for n, job in enumerate(claim(engine, 3, ("a", "b")).jobs):
        engine.bury(engine.lease(job), JobError(type="ValueError", message=f"no user {n}", traceback="Traceback …"))
    return ids


def test_a_job_with_a_webhook_is_enqueued_and_one_that_makes_no_sense_is_refused(say, refused, client, store):
    job = say("enqueue", "mail", "--webhook", "https://example.com/hook")["id"]
    assert b"https://example.com/hook" in store.client.hget(f"herdsman:{{default}}:job:{job}", "hook")
    status, text = refused("enqueue", "mail", "--webhook", "example.com")
    assert (status, "must begin with https://" in text) == (2, True)


def test_a_job_is_enqueued_listed_shown_and_cancelled(say, client):
    job = say("enqueue", "mail", '{"to": "a@b"}', "--queue", "q", "--delay", "1h", "--retries", "2", "--timeout", "5s")
    shown = say("show", job["id"])
    assert (shown["data"], shown["state"], shown["retries"], shown["timeout"]) == ({"to": "a@b"}, "scheduled", 2, 5.0)
    assert [one["id"] for one in say("jobs", "--state", "scheduled", "--queue", "q")["jobs"]] == [job["id"]]
    assert say("jobs", "--type", "other") == {"jobs": [], "more": False}
    assert say("cancel", job["id"])["state"] == "cancelled"
    assert client.find(job["id"]).state == "cancelled"


def test_a_job_may_say_when_at_what_cost_and_with_which_headers(say, client):
    words = ("--run-at", "2100-01-01T01:00:00+01:00", "--start-before", "2100-01-02T00:00:00Z", "--cost", "3")
    job = say("enqueue", "mail", *words, "--tenant", "acme", "--header", "a=b=c", "--header", "trace=7")["id"]
    shown = client.find(job)
    assert (shown.state, shown.due_at, shown.start_before) == ("scheduled", 4102444800.0, 4102531200.0)
    assert shown.headers == {"a": "b=c", "trace": "7"}
    assert client.find(say("enqueue", "mail", "--run-at", "4102444800")["id"]).due_at == 4102444800.0
    soon = client.find(say("enqueue", "mail", "--start-before", "1h")["id"])
    assert soon.start_before - soon.enqueued_at == pytest.approx(3600)


def test_jobs_are_searched_step_after_step(say, refused, client, store):
    ids = client.enqueue_many(("mail", {"n": n}) for n in range(6000))
    found = say("jobs", "--match", "payload.n>=5997 -payload.n:5998", "--queue", "default")
    assert [job["id"] for job in found.pop("jobs")] == [ids[5997], ids[5999]]
    assert (found["more"], found["method"], found["looked_at"], found["found"]) == (False, "scan", 6000, 2)
    assert say("jobs", "--match", "type:mail", "--limit", "3")["more"] is True
    done = run("--url", store.url, "jobs", "--match", "payload.n:7")
    assert (done.stdout.count(ids[7]), "looked at 6,000, 1 found (scan)" in done.stderr) == (1, True)
    status, text = refused("jobs", "--match", "queue:a sate:b")
    assert (status, text.splitlines()[1:]) == (2, ["queue:a sate:b", "        ^"])
    assert refused("jobs", "--match", "a", "--watch")[0] == 2
    client.purge("default")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run-at", "tomorrow"), "'tomorrow' is no time"),
        (("--run-at", "2100-01-01T00:00:00"), "is no time"),
        (("--run-at", "nan"), "run_at is seconds since the epoch"),
        (("--run-at", "4102444800", "--delay", "1h"), "delay or run_at, not both"),
        (("--start-before", "soon"), "'soon' is neither a duration"),
        (("--start-before", "4102444800"), "is neither a duration"),
        (("--cost", "0"), "--cost"),
        (("--header", "a"), "'a' is not NAME=VALUE"),
        (("--header", "a=1", "--header", "a=2"), "'a' is there twice"),
        (("--header", "a b=1"), "a header's name"),
    ],
)
def test_words_that_make_no_sense_are_refused(refused, words, said):
    status, text = refused("enqueue", "mail", *words)
    assert (status, said in text) == (2, True), text


def test_a_job_that_runs_is_asked_to_stop(client, say, seats):
    job = client.enqueue("t").id
    claim(seats(1))
    assert say("cancel", job)["state"] == "processing"
    assert client.find(job).state == "processing"


def test_an_idempotency_key_and_a_policy_give_the_same_job_again(say, refused):
    first = say("enqueue", "mail", "1", "--idempotency-key", "k")
    assert say("enqueue", "mail", "1", "--idempotency-key", "k") == first
    assert refused("enqueue", "mail", "2", "--idempotency-key", "k")[0] == 1
    policy = ("--unique", '{"mode": "pending_or_running", "by": ["to"]}')
    first = say("enqueue", "mail", '{"to": 1, "n": 1}', *policy)
    assert say("enqueue", "mail", '{"to": 1, "n": 2}', *policy) == first
    assert say("enqueue", "mail", "3", "--unique", "pending") != first
    status, text = refused("enqueue", "mail", "--unique", "sometimes")
    assert (status, "'sometimes' is no mode" in text) == (2, True)


def test_a_payload_can_come_from_standard_input(say, client):
    job = say("enqueue", "mail", "-", stdin="[1, 2]")
    assert client.find(job["id"]).data == [1, 2]


def test_waiting_shows_the_result_and_fails_when_the_job_fails_or_takes_too_long(store, refused):
    stop = threading.Event()

    def work():
        engine = Engine(store.url, "default", incarnation=7)
        while not stop.is_set():
            for job in claim(engine).jobs:
                if job.type == "good":
                    engine.complete([Done(engine.lease(job), b"\x05", 60)])
                elif job.type == "bad":
                    engine.bury(engine.lease(job), JobError(type="ValueError", message="on purpose"))
            stop.wait(0.01)
        engine.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        done = run("--url", store.url, "enqueue", "good", "--wait", "10s")
        assert (done.returncode, "result      5" in done.stdout) == (0, True), done.stdout + done.stderr
        bad = run("--url", store.url, "enqueue", "bad", "--wait", "10s")
        assert (bad.returncode, "ValueError: on purpose" in bad.stdout) == (1, True)
        status, text = refused("enqueue", "slow", "--wait", "200ms")
        assert (status, "did not end within 200ms; it goes on" in text) == (1, True)
    finally:
        stop.set()
        worker.join()


def test_queues_and_types_are_paused_resumed_and_purged(say, client, seats):
    client.enqueue_many((("t", n) for n in range(5)), queue="q")
    assert say("pause", "q") == {"queue": "q", "paused": True, "changed": True}
    assert say("queues")["q"]["paused"] is True
    assert say("pause", "q")["changed"] is False
    assert say("resume", "q") == {"queue": "q", "paused": False, "changed": True}
    seats(7).register(WorkerInfo(incarnation="7", host="box", pid=1, pool="default", slot=0), {"mail": "q"})
    assert say("pause", "mail", "--type") == {"type": "mail", "paused": True, "changed": True}
    assert say("resume", "mail", "--type") == {"type": "mail", "paused": False, "changed": True}
    assert say("purge", "q", "--yes") == {"queue": "q", "cancelled": 5}
    assert say("purge", "q") == {"queue": "q", "cancelled": 0}


def test_dead_letters_are_listed_grouped_and_shown(say, letters):
    listed = say("dlq", "list", "--queue", "a")["jobs"]
    assert [job["id"] for job in listed] == letters[:2]
    groups = {group["queue"]: group for group in say("dlq", "groups")["groups"]}
    assert (groups["a"]["count"], groups["a"]["message"]) == (2, "no user #")
    assert {job["fingerprint"] for job in listed} == {groups["a"]["fingerprint"]}
    assert say("dlq", "show", letters[0])["error"]["traceback"] == "Traceback …"


def test_dead_letters_are_retried_and_deleted(say, letters, client):
    assert say("dlq", "retry", letters[0], "--data", '{"n": "new"}') == {"retried": 1}
    assert (client.find(letters[0]).state, client.find(letters[0]).data) == ("pending", {"n": "new"})
    mark = say("dlq", "groups", "--queue", "b")["groups"][0]["fingerprint"]
    assert say("dlq", "delete", "--fingerprint", mark, "--yes") == {"deleted": 1}
    assert say("dlq", "retry", "--all", "--rate", "100") == {"retried": 1}
    assert say("dlq", "list") == {"jobs": [], "more": False}


def test_one_dead_letter_is_deleted_without_being_asked_for_twice(say, letters, client):
    assert say("dlq", "delete", letters[0]) == {"deleted": 1}
    assert len(client.dead_letters.list().jobs) == 2


def test_what_would_be_lost_for_good_is_refused_without_a_yes_or_a_terminal(refused, letters, client):
    client.enqueue("t", queue="q")
    for words in (("purge", "q"), ("dlq", "delete", "--all"), ("dlq", "delete", "--type", "mail")):
        status, text = refused(*words)
        assert (status, "give --yes" in text) == (2, True), text
    assert client.queues()["q"].pending == 1
    assert len(client.dead_letters.list().jobs) == 3


def test_at_a_terminal_it_asks(store, letters, client):
    for answer, left, status in (("n\n", 3, 1), ("y\n", 0, 0)):
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "engine", "--url", store.url, "dlq", "delete", "--all"],
            cwd=ROOT,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(theirs)
        os.write(ours, answer.encode())
        _, asked = process.communicate(timeout=20)
        os.close(ours)
        assert b"Delete all dead letters for good (3)?" in asked
        assert (process.returncode, len(client.dead_letters.list().jobs)) == (status, left)


def test_people_get_plain_tables(store, letters, client):
    client.enqueue("t", queue="q")
    heads = {
        ("jobs",): "ID STATE",
        ("queues",): "QUEUE PENDING SCHEDULED PROCESSING DEAD OLDEST",
        ("workers",): "HOST POOL SLOT PID STATE TYPE JOB SINCE DONE HEARD",
        ("dlq", "list"): "ID QUEUE TYPE AGE ATTEMPTS CRASHES FINGERPRINT ERROR",
        ("dlq", "groups"): "COUNT QUEUE TYPE FINGERPRINT FIRST LAST EXAMPLE ERROR",
        ("dlq", "show", letters[0]): f"id {letters[0]}",
        ("show", letters[0]): f"id {letters[0]}",
        ("dlq", "retry", "--queue", "a"): "retried 2 dead letters",
        ("dlq", "delete", letters[2]): "deleted 1 dead letter",
        ("pause", "q"): "paused q",
        ("purge", "q", "--yes"): "cancelled 1 jobs of q",
    }
    for words, head in heads.items():
        done = run("--url", store.url, *words)
        assert (done.returncode, done.stderr) == (0, ""), (words, done.stderr)
        assert " ".join(done.stdout.splitlines()[0].split()).startswith(" ".join(head.split())), done.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("show", NEVER), 1, "was ever issued"),
        (("show", "nonsense"), 1, "was ever issued"),
        (("cancel", NEVER), 1, "never issued"),
        (("cancel", "{dead}"), 1, "is dead"),
        (("dlq", "show", NEVER), 1, "never issued"),
        (("dlq", "retry", NEVER), 1, "never issued"),
        (("dlq", "delete", NEVER), 1, "never issued"),
        (("pause", "aa"), 1, "did you mean 'a'?"),
        (("purge", "nowhere", "--yes"), 1, "no job was ever put into"),
        (("resume", "nowhere"), 1, "no job was ever put into"),
        (("pause", "mial", "--type"), 1, "no worker has announced the type 'mial'"),
        (("resume", "mial", "--type"), 1, "no worker has announced the type 'mial'"),
        (("enqueue", "no good name!"), 2, "name of a task"),
        (("enqueue", "t", "{"), 2, "JSON"),
        (("enqueue", "t", "hello"), 2, "needs its quotes"),
        (("enqueue", "t", "--delay", "soon"), 2, "no duration"),
        (("enqueue", "t", "--timeout", "0"), 2, "more than zero"),
        (("enqueue", "t", "--wait", "x"), 2, "no duration"),
        (("jobs", "--state", "odd"), 2, "odd"),
        (("jobs", "--limit", "0"), 2, "limit"),
        (("dlq", "retry"), 2, "say which"),
        (("dlq", "retry", NEVER, "--all"), 2, "say which"),
        (("dlq", "retry", "--all", "--data", "1"), 2, "--data goes with one ID"),
        (("dlq", "retry", "--all", "--rate", "0"), 2, "rate"),
        (("dlq", "delete", "--all", "--queue", "a"), 2, "say which"),
        (("nothing",), 2, "No such command"),
        ((), 2, "Usage"),
    ],
)
def test_a_failure_has_a_status_and_a_sentence(refused, letters, words, status, said):
    got, text = refused(*(word.replace("{dead}", letters[0]) for word in words))
    assert (got, said in text) == (status, True), text


def test_the_store_is_found_by_the_config_file_from_any_folder(store, client, tmp_path):
    (tmp_path / "herd.yaml").write_text(f"redis: {{url: '{store.url}'}}\n")
    (tmp_path / "config.py").write_text("raise SystemExit('the wrong config')\n")
    job = run("-c", str(tmp_path / "herd.yaml"), "enqueue", "t", cwd=tmp_path)
    assert job.returncode == 0, job.stderr
    again = run("show", job.stdout.strip(), "--json", HERDSMAN_CONFIG=str(tmp_path / "herd.yaml"))
    assert json.loads(again.stdout)["type"] == "t"


def test_a_store_that_is_away_or_a_file_that_is_bad_has_its_own_status(tmp_path):
    away = run("--url", f"unix://{tmp_path}/none", "queues")
    assert (away.returncode, "store" in away.stderr) == (3, True)
    (tmp_path / "bad.yaml").write_text("pool: []\n")
    bad = run("-c", str(tmp_path / "bad.yaml"), "queues")
    assert (bad.returncode, "did you mean pools?" in bad.stderr) == (2, True), bad.stderr
    for words in (
        ("--url", "http://x", "queues"),
        ("--url", "unix:///x", "--namespace", "a b", "queues"),
        ("--namespace", "x", "queues"),
        ("--url", "unix:///x", "-c", "y", "queues"),
    ):
        done = run(*words)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr


def test_help_loads_no_client():
    program = (
        "import sys, engine.cli.command; print([m for m in ('redis', 'asyncio', 'config', 'json') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.replace("'", '"')) in ([], ["json"])
