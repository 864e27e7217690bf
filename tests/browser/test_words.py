"""The pure parts of the pages, asked as the browser has them."""

from typing import Any

import pytest

pytestmark = pytest.mark.process


def _ask(page: Any, module: str, call: str) -> Any:
    return page.evaluate(f"import('/ui/assets/{module}').then((m) => {call})")


def test_what_is_typed_into_the_search_is_understood(tab: Any) -> None:
    page = tab.open()
    typed = ["state:dead queue:mail", "running", "failed type:a", "1-1700000000000-1", 'queue:"a"', "all"]
    found = [_ask(page, "filter.js", f"m.parseFilter({text!r})") for text in typed]
    assert [(one["id"], one["state"], one["queue"], one["type"]) for one in found] == [
        (None, "dead", "mail", ""),
        (None, "processing", "", ""),
        (None, "dead", "", "a"),
        ("1-1700000000000-1", "", "", ""),
        (None, "", "a", ""),
        (None, "", "", ""),
    ]
    searches = ["retrying", "send", "-state:dead", "type:a*", "queue:a,b", '"state:dead"', "age<1h", "state:ded"]
    plain = [_ask(page, "filter.js", f"m.parseFilter({text!r}).plain") for text in (*typed, *searches)]
    assert plain == [True] * len(typed) + [False] * len(searches)
    changed = [_ask(page, "filter.js", f"m.withState({text!r}, 'dead')") for text in ('running "a b" age<1h', "all")]
    assert changed == ['state:dead "a b" age<1h', "state:dead"]


def test_numbers_times_and_schedules_are_told_in_words(tab: Any) -> None:
    page = tab.open()
    calls = "[m.count(950), m.count(41203), m.count(1e6), m.span(0.0123), m.span(252), m.span(93600), m.percent(0.041)]"
    assert _ask(page, "words.js", calls) == ["950", "41.2k", "1M", "12.3 ms", "4m 12s", "1d 2h", "4.1 %"]
    crons = ["0 3 * * *", "*/5 * * * *", "30 8 * * 1", "0 6 1 * *", "*/10 * * * * *", "0 9 * * 1-5", "1,2 3 L * *"]
    said = [_ask(page, "parts/cron_words.js", f"m.cronWords({cron!r})") for cron in crons]
    assert said == [
        "every day at 03:00",
        "every 5 minutes",
        "every Monday at 08:30",
        "on day 1 of each month at 06:00",
        "every 10 seconds",
        "Monday to Friday at 09:00",
        "1,2 3 L * *",
    ]


def test_rows_follow_the_differences(tab: Any) -> None:
    page = tab.open()
    steps = """(() => {
      const rows = new m.Rows();
      rows.snap({seq: 1, cols: ["id", "n"], rows: [["a", 1], ["b", 2]]});
      rows.delta({seq: 2, set: [["c", {n: 3}], ["a", {n: 9}]], del: ["b"], order: ["c", "a"]});
      return [rows.seq, rows.list().map((row) => `${row.id}${row.n}`)];
    })()"""
    assert _ask(page, "rows.js", steps) == [2, ["c3", "a9"]]


def test_alike_siblings_of_a_workflow_fold(tab: Any) -> None:
    page = tab.open()
    shape = """(() => {
      const member = (key, type, parents) => ({key, name: key, type, parents, state: "pending"});
      const many = Array.from({length: 30}, (_, n) => member(`p${n}`, "parse", ["a"]));
      const last = member("z", "zip", many.map((one) => one.key));
      const {boxes, edges} = m.layout([member("a", "fetch", []), ...many, last]);
      const rightwards = boxes.every((box, at) => !at || box.x > boxes[at - 1].x);
      return [boxes.map((box) => box.members.length), edges.length, rightwards];
    })()"""
    assert _ask(page, "parts/graph_layout.js", shape) == [[1, 30, 1], 2, True]
