from typing import Any

from supervisor.monit.rows import QUEUE_HEAD, WORKER_HEAD, chosen_rows, places, process_rows, queue_rows, summary

WORKER = {
    "name": "default.0",
    "state": "RUNNING",
    "pid": 11,
    "generation": 2,
    "task": "send-email",
    "activity": "busy",
    "rss_bytes": 30 << 20,
    "jobs_done": 7,
    "restarts": 1,
    "since_s": 61.0,
    "last_end": None,
}
PROGRAM = {
    "name": "site.1",
    "state": "FATAL",
    "pid": None,
    "error": "no such file",
    "rss_bytes": 0,
    "restarts": 0,
    "since_s": 2.0,
}
STATUS: dict[str, Any] = {
    "state": "running",
    "uptime_s": 3600.0,
    "addresses": {"gateway": "127.0.0.1:5000"},
    "pools": [
        {"name": "default", "running": 1, "desired": 2, "stopped": False, "rolling": True, "workers": [WORKER]},
    ],
    "programs": [PROGRAM],
    "store": {"kind": "given"},
    "janitor": None,
    "gateway": {**PROGRAM, "name": "gateway", "state": "RUNNING", "pid": 12, "error": ""},
    "logger": {**PROGRAM, "name": "logger", "state": "RUNNING", "pid": 13, "error": ""},
    "queues": {"slow": {"pending": 5, "processing": 1, "paused": True, "oldest": 90}, "default": {}},
}


def test_a_worker_shows_its_job_its_cpu_and_its_memory():
    row = process_rows(STATUS, {11: 42.4})[0]
    assert row.cells == ("default.0", "RUNNING", "11", "2", "send-email", "42%", "30.0M", "7", "1", "1m 1s")
    assert (row.target, row.is_pool) == ("default", True)
    assert len(row.cells) == len(WORKER_HEAD)


def test_a_program_shows_why_it_cannot_be_started_and_keys_mean_the_program_not_its_instance():
    row = process_rows(STATUS, {})[1]
    assert (row.target, row.is_pool) == ("site", False)
    assert "no such file" in row.cells
    assert len(row.cells) == len(WORKER_HEAD)


def test_services_that_are_left_to_others_are_not_shown():
    assert [row.key for row in process_rows(STATUS, {})] == ["default.0", "site.1", "gateway", "logger"]


def test_a_worker_that_waits_for_its_next_start_says_of_what_the_last_one_died():
    waiting = {**WORKER, "state": "BACKOFF", "pid": None, "task": None, "last_end": {"cause": "oom"}}
    pools = [{**STATUS["pools"][0], "workers": [waiting]}]
    assert "after oom" in process_rows({**STATUS, "pools": pools}, {})[0].cells


def test_queues_stand_in_order_with_their_depths_and_paused_ones_say_so():
    assert queue_rows(STATUS) == [
        ("default", "0", "0", "0", "0", "0s"),
        ("slow (paused)", "5", "1", "0", "0", "1m 30s"),
    ]
    assert len(queue_rows(STATUS)[0]) == len(QUEUE_HEAD)


def test_the_summary_tells_of_each_pool_how_many_run_and_what_is_under_way():
    assert summary(STATUS) == "running, up 1h 0m  default 1/2 rolling  gateway 127.0.0.1:5000"


def test_only_trouble_and_only_a_word_can_be_chosen():
    rows = process_rows(STATUS, {})
    assert [row.key for row in chosen_rows(rows, "", only_trouble=True)] == ["site.1"]
    assert [row.key for row in chosen_rows(rows, "SEND", only_trouble=False)] == ["default.0"]
    assert chosen_rows(rows, "", only_trouble=False) == rows


def test_eighty_columns_show_what_matters():
    assert [WORKER_HEAD[place] for place in places(wide=False, width=80)] == [
        "name", "state", "job", "cpu", "memory", "for",
    ]  # fmt: skip
    assert len(places(wide=True, width=80)) == len(places(wide=False, width=120)) == len(WORKER_HEAD)
