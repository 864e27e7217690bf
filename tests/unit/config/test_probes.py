import pytest
from pydantic import ValidationError

from config.probe_fields import http_address, pattern
from config.probes import Health, Ready
from config.programs import Program


@pytest.mark.parametrize("good", ["http://127.0.0.1:8080/health", "http://localhost", "http://[::1]:80/a?b=c"])
def test_an_address_that_needs_no_look_up_is_taken(good):
    assert http_address(good) == good


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("https://127.0.0.1/", "expected a URL like"),
        ("127.0.0.1:80", "expected a URL like"),
        ("http://db.example/", "would have to be looked up"),
        ("http://[fe80::1%25eth0]/", "would have to be looked up"),
        ("http://me:secret@127.0.0.1/", "a user, a password or a fragment"),
        ("http://127.0.0.1:99999/", "is no URL"),
        ("http://127.0.0.1/a b", "without spaces"),
        ("http://127.0.0.1/\r\nX: y", "without spaces"),
    ],
)
def test_any_other_address_is_refused_with_the_reason(bad, said):
    with pytest.raises(ValueError, match=said) as refused:
        http_address(bad)
    assert "secret" not in str(refused.value)


def test_each_instance_can_have_a_port_of_its_own():
    assert Ready(port="{{8000 + instance}}").port == "{{8000+instance}}"
    assert Health(http="http://[::1]:{{8000 + 2 * instance}}/").http == "http://[::1]:{{8000+2*instance}}/"
    assert Ready(port=80).port == "80"
    for bad in ("0", "65536", "http", "{{instance}}", "{{x}}", True, "-1"):
        with pytest.raises(ValidationError):
            Ready(port=bad)


def test_the_last_instance_must_have_a_port_too():
    with pytest.raises(ValidationError, match="got '65536'"):
        Program(name="a", command="ls", instances=3, ready={"port": "{{65534 + instance}}"})
    with pytest.raises(ValidationError, match="is no URL"):
        Program(name="a", command="ls", instances=3, health={"http": "http://[::1]:{{65534 + instance}}"})


@pytest.mark.parametrize("good", [r"listening on \d+", r"(\d{1,3}\.){3}\d{1,3}", "(?:up|ready).*", "^a+b+$"])
def test_a_pattern_that_ends_soon_on_every_line_is_taken(good):
    assert pattern(good) == good


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("(a+)+$", "repeats"),
        ("(a|b*)*c", "repeats"),
        ("x(?=a+)*", "repeats"),
        ("[", "regular"),
        ("", "empty"),
        ("a" * 501, "501"),
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(bad, said):
    with pytest.raises(ValueError, match=said):
        pattern(bad)


@pytest.mark.parametrize("given", [{}, {"port": 80, "notify": True}, {"line": "x", "port": 1}, {"notify": False}])
def test_readiness_has_exactly_one_way(given):
    with pytest.raises(ValidationError, match="expected one of http, port, command, notify, line"):
        Ready(**given)


def test_liveness_has_exactly_one_way_and_no_line():
    assert Health(notify=True).failures == 3
    with pytest.raises(ValidationError):
        Health(line="x")
    with pytest.raises(ValidationError, match="expected one of"):
        Health()
