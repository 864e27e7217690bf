from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config import Config, checked
from supervisor.applying.diff import Plan, config_hash, diff, pool_hashes
from supervisor.applying.leaves import leaves
from supervisor.applying.needs import GATEWAY, JANITOR, READERS, Act, Need, needed

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def config(**sections: Any) -> Config:
    return checked(yaml.safe_dump(sections, sort_keys=False), Path("/etc/herd/c.yaml"), {})


def pool(name: str = "web", **keys: Any) -> dict[str, Any]:
    return {"name": name, "tasks": ["tasks"], **keys}


def program(name: str, command: str = "sleep 9", **keys: Any) -> dict[str, Any]:
    return {"name": name, "command": command, **keys}


def acts(plan: Plan) -> set[tuple[Need, str]]:
    return {(act.need, act.name) for act in plan.acts}


names = st.sampled_from(["a", "b", "c"])
variables = st.dictionaries(st.sampled_from(["X", "Y"]), st.sampled_from(["1", "two", "http://h/"]), max_size=2)
pools = st.builds(
    lambda instances, env, queues: {"instances": instances, "env": env, "queues": queues},
    st.integers(0, 4),
    variables,
    st.sampled_from([["default"], ["high", "low"], {"high": 3, "low": 1}]),
)
programs = st.builds(
    lambda word, instances: {"command": f"sleep {word}", "instances": instances}, st.integers(1, 3), st.integers(1, 2)
)


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    kinds = draw(st.dictionaries(names, st.one_of(pools, programs), max_size=3))
    return {
        "pools": [pool(name, **keys) for name, keys in kinds.items() if "command" not in keys],
        "programs": [{"name": name, **keys} for name, keys in kinds.items() if "command" in keys],
        "queues": draw(st.dictionaries(names, st.fixed_dictionaries({"retries": st.integers(0, 3)}), max_size=2)),
        "janitor": {"interval": draw(st.sampled_from(["1s", "2s"])), "enabled": draw(st.booleans())},
        "webhooks": draw(st.sampled_from([{}, {"alerts": "https://example.com/secret"}])),
    }


@settings(max_examples=40)
@given(files(), st.randoms())
def test_what_means_the_same_has_no_differences(file: dict[str, Any], random: Any) -> None:
    shuffled = {key: file[key] for key in sorted(file, key=lambda _key: random.random())}
    for section in ("pools", "programs"):
        shuffled[section] = sorted(file[section], key=lambda _one: random.random())
    one, other = config(**file), config(**shuffled)
    assert diff(one, other) == Plan((), frozenset())
    assert config_hash(one) == config_hash(other)


@settings(max_examples=40)
@given(files(), files())
def test_every_value_that_changes_is_mentioned_and_has_something_done_about_it(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    one, other = config(**old), config(**new)
    plan = diff(one, other)
    before, after = leaves(one), leaves(other)
    changed = {place for place in {*before, *after} if before.get(place) != after.get(place)}
    told = {change.place for change in plan.changes}
    for place in changed:
        assert any(place[:length] in told for length in range(1, len(place) + 1)), place
    for place in told:
        assert any(one[: len(place)] == place for one in changed), f"{place} has not changed"
    assert all(change.acts for change in plan.changes)
    assert bool(changed) == (config_hash(one) != config_hash(other))
    untouched = {act.name for act in plan.acts if act.need in (Need.RELOAD, Need.ADD)}
    hashes = pool_hashes(one), pool_hashes(other)
    for name in hashes[1]:
        assert (hashes[0].get(name) == hashes[1][name]) == (name not in untouched), "workers follow their hash"


def test_another_count_touches_no_running_worker() -> None:
    plan = diff(config(pools=[pool()]), config(pools=[pool(instances=4)]))
    assert acts(plan) == {(Need.SCALE, "web")}
    assert [(change.path, change.old, change.new) for change in plan.changes] == [("pools.web.instances", "1", "4")]


def test_a_pool_s_own_keys_replace_only_its_own_workers() -> None:
    old = config(pools=[pool(), pool("mail")])
    assert acts(diff(old, config(pools=[pool(env={"A": "1"}), pool("mail")]))) == {(Need.RELOAD, "web")}
    assert acts(diff(old, config(pools=[pool(), pool("mail"), pool("new")]))) == {(Need.ADD, "new")}
    assert acts(diff(old, config(pools=[pool("mail")]))) == {(Need.REMOVE, "web")}


def test_programs_come_go_and_are_restarted_one_by_one() -> None:
    old = config(programs=[program("a"), program("b")])
    new = config(programs=[program("a", "sleep 8"), program("b", instances=3), program("c")])
    assert acts(diff(old, new)) == {(Need.RESTART, "a"), (Need.SCALE, "b"), (Need.ADD, "c")}
    assert acts(diff(old, config())) == {(Need.REMOVE, "a"), (Need.REMOVE, "b")}


def test_a_section_concerns_those_who_read_it() -> None:
    old = config(pools=[pool(), pool("mail")])
    workers = {(Need.RELOAD, "web"), (Need.RELOAD, "mail")}
    both = [pool(), pool("mail")]
    cases: list[tuple[dict[str, Any], set[tuple[Need, str]]]] = [
        ({"queues": {"mail": {"retries": 9}}}, {*workers, (Need.RESTART, JANITOR)}),
        ({"types": {"send": {"rate_limit": "1/s"}}}, workers),
        ({"schedules": [{"name": "n", "task": "t", "cron": "@daily"}]}, {(Need.RESTART, JANITOR)}),
        ({"webhooks": {"timeout": "3s"}}, workers),
        ({"webhooks": {"alerts": "https://example.com/x"}}, {(Need.RESTART, JANITOR)}),
        ({"payloads": {"max_size": 5}}, {*workers, (Need.RESTART, GATEWAY)}),
        ({"tracing": {"sample": 0.5}}, {*workers, (Need.RESTART, GATEWAY)}),
        ({"encryption": {"keys": [{"id": "k", "key": KEY}]}}, {*workers, (Need.RESTART, GATEWAY)}),
        ({"janitor": {"interval": "9s"}}, {(Need.RESTART, JANITOR)}),
        ({"janitor": {"enabled": False}}, {(Need.REMOVE, JANITOR)}),
        ({"gateway": {"enabled": False}}, {(Need.REMOVE, GATEWAY)}),
        ({"gateway": {"port": 5001}}, {(Need.RESTART, GATEWAY)}),
        ({"metrics": {"port": 9101}}, {(Need.MOVE, "")}),
        ({"logs": {"echo": False}}, {(Need.LOGGER, "")}),
        ({"data_dir": "/other"}, {(Need.START_ANEW, "")}),
        ({"store": {"fsync": "always"}}, {(Need.START_ANEW, "")}),
        ({"redis": {"url": "redis://h:1"}}, {(Need.START_ANEW, "")}),
    ]
    for sections, wanted in cases:
        assert acts(diff(old, config(pools=both, **sections))) == wanted, sections


def test_a_queue_s_wait_target_counts_at_once_and_for_workers_that_count_by_it() -> None:
    old, new = ({"mail": {"wait_target": wait}} for wait in ("1s", "2s"))
    assert acts(diff(config(pools=[pool()], queues=old), config(pools=[pool()], queues=new))) == {
        (Need.SET, ""),
        (Need.RELOAD, "web"),
    }


def test_what_a_janitor_that_is_off_would_read_needs_nothing() -> None:
    off = {"enabled": False}
    plan = diff(config(janitor=off), config(janitor={**off, "interval": "9s"}))
    assert (len(plan.changes), acts(plan)) == (1, set())


def test_no_secret_is_shown() -> None:
    def secret(word: str) -> dict[str, Any]:
        return {
            "redis": {"url": f"redis://me:{word}@h:1"},
            "pools": [pool(env={"TOKEN": word, "WHERE": f"https://{word}@h/"})],
            "programs": [program("p", env={"TOKEN": word})],
            "webhooks": {"alerts": f"https://example.com/{word}"},
            "tracing": {"headers": {"authorization": word}},
        }

    plan = diff(config(**secret("one-word")), config(**secret("another-word")))
    assert {change.path for change in plan.changes} == {
        "redis.url", "pools.web.env.TOKEN", "pools.web.env.WHERE", "programs.p.env.TOKEN", "webhooks.alerts",
        "tracing.headers.authorization",
    }  # fmt: skip
    assert "word" not in repr(plan)
    first, second = {"id": "a", "key": KEY}, {"id": "b", "key": KEY.replace("M", "N", 1)}
    turned = diff(config(encryption={"keys": [first, second]}), config(encryption={"keys": [second, first]}))
    assert [change.path for change in turned.changes] == ["encryption.keys.(order)"], "the first encrypts"
    assert KEY not in repr(diff(config(), config(encryption={"keys": [first]})))


def test_one_of_two_tokens_with_the_same_id_that_is_taken_away_is_seen() -> None:
    old, new = ({"id": "ops", "hash": f"sha256:{letter * 64}", "scopes": ["read"]} for letter in "ab")
    both = config(gateway={"tokens": [old, new]})
    for left in (old, new):
        plan = diff(both, config(gateway={"tokens": [left]}))
        assert acts(plan) == {(Need.RESTART, GATEWAY)}
        assert "sha256" not in str([(change.path, change.old, change.new) for change in plan.changes])


def test_every_section_of_the_file_has_its_readers_in_the_table() -> None:
    known = {*READERS, "pools", "programs"}
    assert set(Config.model_fields) == known, "say in supervisor/applying/needs.py who reads the new section"
    assert needed(("unheard-of", "key")) == (Act(Need.START_ANEW),), "the safe answer"
