from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from config.gateway import Gateway
from gateway.__main__ import main
from gateway.access.tokens import KeyRing, token_of


def test_the_line_that_is_printed_makes_the_token_good(capsys: Any) -> None:
    options = ["--scope", "submit", "--queue", "mail", "--queue", "news", "--tenant", "acme", "--rate-limit", "5/s"]
    assert main(["token", "shop", *options, "--expires", "2100-01-31"]) == 0
    token, line = capsys.readouterr().out.splitlines()
    assert token.startswith("hm_shop_")
    assert token not in line
    gateway = Gateway.model_validate({"tokens": yaml.safe_load(line)})
    found = KeyRing(map(token_of, gateway.tokens)).find(token, 0)
    assert found is not None
    assert (found.id, found.rights, found.rate_limit) == ("shop", ("read", "submit"), "5/s")
    assert (found.queues, found.tenants) == (frozenset({"mail", "news"}), frozenset({"acme"}))
    assert found.expires == datetime(2100, 1, 31, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a b", "--scope", "read"], "id: expected a token's id"),
        (["a", "--scope", "read", "--queue", "a b"], "queues: expected a queue's name"),
        (["a", "--scope", "read", "--rate-limit", "fast"], "rate_limit: expected a number and a time"),
        (["a", "--scope", "read", "--expires", "soon"], "expires: expected a date like"),
    ],
)
def test_what_no_file_could_hold_is_refused_in_plain_words(capsys: Any, options: list[str], said: str) -> None:
    assert main(["token", *options]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("options", [[], ["a"], ["a", "--scope", "root"]])
def test_wrong_usage_is_status_2(options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["token", *options])
    assert ended.value.code == 2
