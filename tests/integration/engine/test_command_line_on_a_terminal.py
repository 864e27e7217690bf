"""`python -m engine` at a real terminal, and with nobody looking: colour, --watch, bars, dry runs."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.support.architecture import ROOT
from tests.support.command import run
from tests.support.processes import eventually
from tests.support.servers import wanted_servers
from tests.support.terminal import Terminal

# What a terminal shows is the same on every kind of server.
pytestmark = pytest.mark.parametrize("store_server", wanted_servers()[:1], ids=str, indirect=True, scope="session")

RED = "\x1b[31m"
OTHER_SCREEN, BACK = "\x1b[?1049h", "\x1b[?1049l"


@pytest.fixture
def at_terminal(store):
    """Runs a verb on a terminal of its own."""

    def start(*words, columns=80, **env):
        command = [sys.executable, "-m", "engine", "--url", store.url, *words]
        return Terminal(command, columns=columns, env=env)

    return start


def test_a_state_has_its_colour_at_a_terminal_that_wants_one_only(at_terminal, store, dead):
    dead(1)
    with at_terminal("jobs") as shown:
        assert shown.ended() == 0
        assert f"{RED}dead" in shown.seen
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with at_terminal("jobs", **env) as shown:
            assert shown.ended() == 0
            assert ("dead" in shown.seen, "\x1b" in shown.seen) == (True, False)
    assert "\x1b" not in run("--url", store.url, "jobs").stdout


def test_a_table_fits_the_terminal_and_is_whole_for_a_pipe(at_terminal, store, dead):
    dead(1, message="x" * 200)
    with at_terminal("dlq", "list", columns=60) as shown:
        assert shown.ended() == 0
        head, line = shown.seen.splitlines()[:2]
    assert head.split() == ["ID", "TYPE", "FINGERPRINT", "ERROR"]
    assert (len(line) <= 60, line.endswith("…")) == (True, True)
    assert "x" * 200 in run("--url", store.url, "dlq", "list").stdout
    with at_terminal("dlq", "list", "--wide", columns=60) as shown:
        assert shown.ended() == 0
        assert "CRASHES" in shown.seen
    chosen = run("--url", store.url, "dlq", "list", "--columns", "type,queue", "--no-header").stdout
    assert chosen == "t     default\n"
    wrong = run("--url", store.url, "queues", "--columns", "pendin")
    assert (wrong.returncode, "did you mean pending?" in wrong.stderr) == (2, True)


def test_watching_draws_in_place_until_ctrl_c_which_is_no_failure(at_terminal, client):
    client.enqueue("t", queue="first")
    with at_terminal("queues", "--watch", "0.1") as watch:
        watch.until("first")
        client.enqueue("t", queue="second")
        assert OTHER_SCREEN in watch.until("second")
        watch.press("\x03")
        assert watch.ended() == 0
        assert watch.seen.rstrip().endswith(BACK)
        assert "\x1b[2J" not in watch.seen, "nothing is wiped before it is drawn over"


def test_ctrl_c_while_waiting_for_a_job_tells_its_id(at_terminal, client):
    with at_terminal("enqueue", "t", "--wait", "20s") as enqueue:
        eventually(lambda: client.jobs().jobs)
        [job] = client.jobs().jobs
        enqueue.press("\x03")
        assert enqueue.ended() == 1
        assert f"interrupted: job {job.id} goes on" in enqueue.seen
        assert "Aborted" not in enqueue.seen


def test_a_store_that_goes_away_while_somebody_watches_is_waited_for(at_terminal, store, client):
    client.enqueue("t", queue="first")
    with at_terminal("queues", "--watch", "0.1") as watch:
        watch.until("first")
        store.stop()
        watch.until("looking again every 0.1 s")
        store.start()
        before = len(watch.seen)
        eventually(lambda: "Ctrl-C ends it" in watch.until("")[before:], 15, lambda: watch.seen[before:])
        watch.press("\x03")
        assert watch.ended() == 0


def test_piped_a_watch_is_one_document_after_another(store, client):
    client.enqueue("t", queue="q")
    command = [sys.executable, "-m", "engine", "--url", store.url, "queues", "--watch", "0.1", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [json.loads(process.stdout.readline()) for _ in range(3)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert [one["q"]["pending"] for one in said] == [1, 1, 1]


def test_long_work_has_a_bar_and_ctrl_c_says_what_was_done_and_what_is_left(at_terminal, client, dead):
    dead(60)
    with at_terminal("dlq", "retry", "--all", "--rate", "10") as retry:
        retry.until("retried 1")
        assert "of 60 (" in retry.until("[====")
        retry.press("\x03")
        assert retry.ended() == 1
        last = retry.seen.splitlines()[-1]
    done = client.queues()["default"].pending
    assert f"interrupted: retried {done} of 60, {60 - done} left; what is retried stays so" in last


def test_what_would_be_lost_is_shown_first(at_terminal, store, client, dead):
    letters = dead(7)
    client.enqueue_many((("t", n) for n in range(7)), queue="q")
    for words, said in ((("purge", "q"), "Cancel 7 pending jobs of q?"), (("dlq", "delete", "--all"), "(7)?")):
        with at_terminal(*words) as asked:
            assert "… and 2 more" in asked.until(said)
            asked.press("n\n")
            assert asked.ended() == 1
            assert "nothing was changed" in asked.seen
    for words, answer in (
        (("dlq", "delete", "--type", "t"), "would delete 7 dead letters\n"),
        (("dlq", "retry", "--all", "--limit", "3"), "would retry 3 dead letters\n"),
    ):
        dry = run("--url", store.url, *words, "--dry-run")
        assert (dry.returncode, dry.stdout) == (0, answer), dry.stderr
        assert len(dry.stderr.splitlines()) >= 4
    assert json.loads(run("--url", store.url, "purge", "q", "--dry-run", "--json").stdout) == {
        "queue": "q",
        "would_cancel": 7,
    }
    refused = run("--url", store.url, "dlq", "delete", letters[0], "--dry-run")
    assert (refused.returncode, "`dlq show ID` shows one" in refused.stderr) == (2, True)
    assert (client.queues()["q"].pending, client.queues()["default"].dead) == (7, 7)


@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_answer_that_cannot_be_written_is_a_line_and_no_stack(store, client, where):
    client.enqueue("t")
    command = f'exec "{sys.executable}" -m engine --url {store.url} jobs {where}'
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True, timeout=20, check=False
    )
    told = (1, "the answer could not be written: No space left on device\n") if "full" in where else (0, "")
    assert (done.returncode, done.stderr) == told
