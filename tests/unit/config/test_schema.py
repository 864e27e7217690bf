import sys

import pytest
from pydantic import ValidationError

from config import cpus
from config.pools import Pool
from config.programs import Program
from config.queues import Backoff, Queue
from config.schema import Config, RedisSection


@pytest.fixture
def six_cpus(monkeypatch):
    monkeypatch.setattr(cpus, "available", lambda: 6)


@pytest.mark.parametrize(("given", "count"), [("0", 0), ("4", 4), (4, 4), ("max", 6), ("-1", 5), ("-6", 1), ("-99", 1)])
def test_instances_are_resolved_to_a_number(six_cpus, given, count):
    assert Pool(name="a", tasks=("t",), instances=given).instances == count


@pytest.mark.parametrize("given", ["", "many", "1.5", "010", "1_000", "5000", True, None])
def test_instances_that_are_no_sane_number_are_refused(given):
    with pytest.raises(ValidationError):
        Pool(name="a", tasks=("t",), instances=given)


def test_queues_as_a_mapping_are_weights():
    pool = Pool(name="a", tasks=("t",), queues={"critical": "6", "low": 1})
    assert pool.queues == ("critical", "low")
    assert pool.queue_weights == {"critical": 6, "low": 1}


def test_a_pool_that_names_no_queue_serves_the_default_one():
    assert Pool(name="a", tasks=("t",)).queues == ("default",)


@pytest.mark.parametrize("queues", [[], {}, {"a": 0}, {"a": -1}, {"a": "x"}, "a", ["a b"], ["{a}"]])
def test_impossible_queues_are_refused(queues):
    with pytest.raises(ValidationError):
        Pool(name="a", tasks=("t",), queues=queues)


def test_a_command_line_is_split_and_python_is_our_interpreter():
    assert Program(name="a", command="python -m 'my app'").command == (sys.executable, "-m", "my app")
    assert Program(name="a", command=["python", "x y"]).command == (sys.executable, "x y")
    assert Program(name="a", command="echo python").command == ("echo", "python")


@pytest.mark.parametrize("command", ["", "a\0b", ["a\0b"], "  ", "'open", [], [""], [1], None, {"a": 1}])
def test_an_impossible_command_is_refused(command):
    with pytest.raises(ValidationError):
        Program(name="a", command=command)


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://u:p@h:6379/3",
        "redis://h:6379/0?socket_timeout=3",
        "rediss://[::1]:6380",
        "unix:///run/store.sock?db=1",
        "redis+sentinel://a:26379,b:26379/main/0",
        "redis+cluster://a,b",
    ],
)
def test_urls_of_all_kinds_of_store_are_taken(url):
    assert RedisSection(url=url).url == url


@pytest.mark.parametrize(
    "url", ["", "localhost:6379", "http://h", "redis://", "redis://h:x", "redis://h:0", "redis://h/db", "unix://"]
)
def test_an_impossible_url_is_refused(url):
    with pytest.raises(ValidationError):
        RedisSection(url=url)


def test_a_queue_not_named_has_the_defaults_of_the_default_queue():
    config = Config(queues={"default": {"retries": 7}, "bulk": {"lease": "1m"}})
    assert config.queue("other").retries == 7
    assert config.queue("default").retries == 7


def test_keys_that_a_named_queue_leaves_out_come_from_the_default_queue():
    config = Config(queues={"default": {"retries": 7, "backoff": {"base": 5}}, "bulk": {"backoff": {"max": 9}}})
    assert config.queue("bulk") == config.queues["bulk"]
    assert config.queue("bulk").retries == 7
    assert config.queue("bulk").backoff == Backoff(base=5, max=9)


def test_without_a_default_queue_the_formats_own_defaults_hold():
    assert Config().queue("any") == Queue()
    assert Queue().backoff == Backoff(base=1, factor=2, max=3600, jitter=0.1)


def test_a_config_cannot_be_changed():
    with pytest.raises(ValidationError):
        Config().data_dir = "x"


def test_the_embedded_store_may_be_without_a_limit_but_not_with_a_tiny_one():
    assert Config(store={"max_memory": "0"}).store.max_memory == 0
    with pytest.raises(ValidationError, match="at least 16M"):
        Config(store={"max_memory": "300"})


def test_values_of_env_are_the_text_that_was_written():
    with pytest.raises(ValidationError):
        Pool(name="a", tasks=("t",), env={"A": None})


@pytest.mark.parametrize("env", [{"A": "x\0"}, {"A=B": "x"}, {"": "x"}, {"A": ["x"]}])
def test_variables_that_no_process_could_be_given_are_refused(env):
    with pytest.raises(ValidationError):
        Program(name="a", command="x", env=env)


@pytest.mark.parametrize("folder", ["", "a\0b", "~nobody-of-this-name/x"])
def test_a_folder_that_cannot_be_is_refused(folder):
    with pytest.raises(ValidationError):
        Config(data_dir=folder)


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/srv/me")
    assert str(Config(data_dir="~/herd").data_dir) == "/srv/me/herd"


SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def test_webhooks_go_only_to_the_internet_and_by_tls_unless_the_file_says_otherwise():
    assert (Config().webhooks.allow_private, Config().webhooks.allow_http, Config().webhooks.secrets) == (
        False,
        False,
        (),
    )


def test_a_webhooks_secrets_are_never_shown():
    config = Config(webhooks={"secrets": [SECRET], "alerts": "https://example.com/hook?key=x"})
    assert config.webhooks.secrets == (SECRET,)
    assert SECRET not in repr(config)
    assert "key=x" not in repr(config)


@pytest.mark.parametrize(
    "secret", ["", "plain", SECRET.removeprefix("whsec_"), SECRET + "!", "whsec_c2hvcnQ=", 5, None]
)
def test_what_is_no_secret_of_the_scheme_is_refused_and_not_repeated(secret):
    with pytest.raises(ValidationError) as told:
        Config(webhooks={"secrets": [secret]})
    said = [error["msg"] for error in told.value.errors()]
    assert not secret or str(secret) not in str(said)


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://x", "https://", "https://u:p@x", "https://x/#y", "https://x y"]
)
def test_alerts_go_to_a_url_that_something_can_be_sent_to(url):
    with pytest.raises(ValidationError):
        Config(webhooks={"alerts": url})
