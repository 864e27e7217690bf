import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access.origins import host_of, known_host, own_origin


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:5000", "LOCALHOST", "127.0.0.1:80", "127.8.9.1", "[::1]", "[::1]:5000", "a.localhost"],
)
def test_names_of_this_machine_are_known(host: str) -> None:
    assert known_host(host, ())


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "[::2]",
     "localhost:x", "127.0.0.1@evil.example", "[::1", "[::1]x", "notlocalhost", "2130706433"],
)  # fmt: skip
def test_other_names_are_not(host: str) -> None:
    assert not known_host(host, ())


def test_allowed_names_are_known_with_their_port_or_any() -> None:
    assert known_host("Herd.example.com:8443", {"herd.example.com"})
    assert known_host("herd.example.com:8443", {"herd.example.com:8443"})
    assert not known_host("herd.example.com:80", {"herd.example.com:8443"})


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:5000", "localhost:5000"),
        ("https://herd.example.com", "herd.example.com"),
        ("https://Herd.example.com", "herd.example.com:443"),
        ("http://[::1]:5000", "[::1]:5000"),
    ],
)
def test_a_page_of_the_name_we_are_asked_by_is_ours(origin: str, host: str) -> None:
    assert own_origin(origin, host, ())


@pytest.mark.parametrize(
    "origin",
    ["null", "", "http://localhost:3000", "http://evil.example", "http://localhost:5000.evil.example", "file://", "http://",
     "chrome-extension://localhost:5000", "https://localhost", "localhost:5000"],
)  # fmt: skip
def test_any_other_page_is_not(origin: str) -> None:
    assert not own_origin(origin, "localhost:5000", ())


def test_a_page_of_an_allowed_host_is_ours_behind_a_proxy_that_changes_the_host() -> None:
    assert own_origin("https://herd.example.com", "10.0.0.7:5000", {"herd.example.com"})
    assert not own_origin("https://herd.example.com:8443", "10.0.0.7:5000", {"herd.example.com"})


@given(st.text())
def test_any_text_is_an_answer(text: str) -> None:
    host_of(text)
    known_host(text, {"a"})
    own_origin(text, text, {"a"})
