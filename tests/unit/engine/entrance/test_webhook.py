"""Who may be told: what is refused when a job is enqueued."""

import msgspec
import pytest

from engine.entrance.webhook import field

URL = "https://example.com/hook?a=1"


def read(value):
    letters, _, target = field(value).partition(b" ")
    return letters.decode(), msgspec.msgpack.decode(target)


def test_a_bare_url_hears_of_completion_and_death():
    assert read(URL) == ("cd", {"url": URL, "headers": {}})


@pytest.mark.parametrize(
    ("events", "letters"),
    [(["completed"], "c"), (["cancelled", "completed", "completed"], "cx"), (("dead",), "d"), ({"cancelled"}, "x")],
)
def test_events_are_kept_as_letters(events, letters):
    assert read({"url": URL, "events": events})[0] == letters


def test_headers_travel_along():
    headers = {"Authorization": "Bearer x y", "X-Empty": ""}
    assert read({"url": URL, "headers": headers})[1]["headers"] == headers


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com", "ftp://example.com", "file:///etc/passwd", "gopher://x/", "https://"),
        *("https:///x", "https://u:p@example.com", "https://u@example.com", "https://example.com:0", "https://a:99999"),
        *("https://a:b", "https://exam ple.com", "https://example.com/\r\nX: y", "https://example.com/\x00"),
        *(
            "https://müller.de",
            "https://[::1",
            "https://example.com/#part",
            "https://a\\@b/",
            "https://a/" + "x" * 2048,
        ),
        *(None, 7, b"https://example.com"),
    ],
)
def test_a_url_that_nothing_can_be_sent_to_is_refused_and_not_repeated(url):
    with pytest.raises(ValueError, match="webhook") as told:
        field({"url": url})
    assert not url or str(url) not in str(told.value)


@pytest.mark.parametrize("events", ["completed", [], ["born"], [["dead"]], {"dead": 1}, 3])
def test_events_that_are_none_are_refused(events):
    with pytest.raises(ValueError, match="event"):
        field({"url": URL, "events": events})


@pytest.mark.parametrize(
    "headers",
    [
        *(
            {"Host": "x"},
            {"content-length": "1"},
            {"Content-Type": "x"},
            {"webhook-id": "x"},
            {"Transfer-Encoding": "x"},
        ),
        *({"a b": "x"}, {"a:": "x"}, {"": "x"}, {"X": "a\r\nY: b"}, {"X": "ü"}, {"X": 1}, {1: "x"}, {"X": " x"}),
        *([("X", "y")], {f"x{n}": "" for n in range(21)}),
    ],
)
def test_headers_that_cannot_be_sent_or_are_ours_are_refused(headers):
    with pytest.raises(ValueError, match="header"):
        field({"url": URL, "headers": headers})


@pytest.mark.parametrize("value", [None, [], {}, {"url": URL, "secret": "x"}, 5])
def test_anything_else_is_refused(value):
    with pytest.raises(ValueError, match="webhook"):
        field(value)
