from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from config.times import ALIASES, cron, zone


def complaints(folder, text):
    path = folder / "config.yaml"
    path.write_text(text)
    with pytest.raises(config.ConfigError) as caught:
        config.load(path, {})
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def schedules(folder, text):
    path = folder / "config.yaml"
    path.write_text(text)
    return config.load(path, {}).schedules


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("* * * *", "has 4 fields, expected 5"),
        ("daily", "has 1 field, expected 5"),
        ("61 * * * *", "its minute is '61', expected 0 to 59"),
        ("0 24 * * *", "its hour is '24', expected 0 to 23"),
        ("0 0 * * FRIDAY", "its day-of-week is 'FRIDAY'"),
        ("0 0 31 2 *", "no month that it names has a day 31"),
        ("60 0 0 * * *", "its second is '60'"),
        ("*/0 * * * *", "its minute is '*/0'"),
        ("@dayly", "did you mean @daily?"),
        ("@reboot", "known are @hourly"),
        ("; rm -rf", "expected a cron expression like"),
        ("", "expected a cron expression like"),
        ("*/" + "9" * 5000 + " * * * *", "expected a cron expression like"),
        (None, "got nothing"),
    ],
)
def test_a_bad_expression_is_refused_with_the_reason(written, reason):
    with pytest.raises(ValueError) as caught:
        cron(written)
    assert reason in str(caught.value)


@given(st.text(alphabet="0123456789*,/-#LWMONJAsun @", max_size=30))
@settings(deadline=None)
def test_whatever_is_written_is_an_expression_or_a_clear_error(text):
    with suppress(ValueError):
        assert cron(text)


@pytest.mark.parametrize(("alias", "fields"), ALIASES.items())
def test_an_alias_stands_for_its_fields(alias, fields):
    assert cron(f" {alias.upper()} ") == fields


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("new york", "did you mean America/New_York?"),
        ("../../etc/passwd", "there is no time zone"),
        ("", "there is no time zone"),
        ("x\0y", "there is no time zone"),
        (["UTC"], "got a list"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_known(written, hint):
    with pytest.raises(ValueError) as caught:
        zone(written)
    assert hint in str(caught.value)


def test_everything_wrong_with_schedules_is_said_at_once_with_its_place(tmp_path):
    text = """\
schedules:
  - {name: a, task: t, cron: "61 * * * *", timezone: Mars}
  - {name: a, task: t, cron: "@daily", misfire: onec, overlap: queue-one}
  - {name: B, task: "", cron: "@daily", misfires: all, jitter: 2d}
"""
    found = complaints(tmp_path, text)
    assert [line.split(": ")[1] for line in found] == [
        "schedules[0].cron",
        "schedules[0].timezone",
        "schedules[1].name",
        "schedules[1].misfire",
        "schedules[1].overlap",
        "schedules[2].name",
        "schedules[2].task",
        "schedules[2].misfires",
        "schedules[2].jitter",
    ]
    assert "config.yaml:2:30: schedules[0].cron: '61 * * * *' is no cron expression" in found[0]
    assert "'a' is also the name of schedules[0]" in found[2]
    assert "did you mean once?" in found[3]
    assert "did you mean misfire?" in found[7]


def test_a_schedule_has_defaults(tmp_path):
    [one] = schedules(tmp_path, 'schedules: [{name: n, task: report, cron: "0  3 * * *"}]')
    assert (one.cron, one.timezone, one.payload, one.queue) == ("0 3 * * *", "UTC", None, None)
    assert (one.misfire, one.misfire_max, one.overlap, one.jitter, one.paused) == ("once", 3600, "allow", 0, False)


def test_a_payload_alone_takes_plain_scalars_for_what_json_says_they_are(tmp_path):
    text = """\
schedules:
  - name: n
    task: report
    cron: "@hourly"
    queue: null
    payload: {n: 5, x: -1.5e3, yes: true, no: no, old: 010, quoted: "5", nothing: null, list: [1, a], version: 1.10.0}
"""
    [one] = schedules(tmp_path, text)
    assert one.queue is None
    assert one.payload == {
        "n": 5, "x": -1500.0, "yes": True, "no": "no", "old": "010", "quoted": "5", "nothing": None,
        "list": [1, "a"], "version": "1.10.0",
    }  # fmt: skip
    assert type(one.payload["no"]) is str


def test_a_schedules_name_may_be_that_of_a_pool(tmp_path):
    text = 'pools: [{name: a, tasks: [t]}]\nschedules: [{name: a, task: t, cron: "@daily"}]'
    assert schedules(tmp_path, text)[0].name == "a"
