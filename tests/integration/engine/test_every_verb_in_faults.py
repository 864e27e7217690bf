"""Lost replies, cut connections and a restart of the store, at every point of every verb: afterwards all invariants
hold, and the store is as the undisturbed call leaves it. No job is lost, and none is there twice.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from engine import Client
from engine.store import scripts
from tests.faults.picture import picture
from tests.faults.saboteur import FAULTS, FORGOTTEN, RESTART, Saboteur
from tests.faults.stage import Stage
from tests.faults.verbs import VERBS, script_of
from tests.support.invariants import broken

WITHIN = 30.0  # seconds for one call, restart included
_undisturbed = {}  # (server, verb) -> its answer and its picture; the same whenever it is asked for


def perform(store, name, fault=None):
    """The verb on its stage, disturbed or not: its answer, and the pictures before and after."""
    store.client.flushall()
    if fault == RESTART:  # it finds all that was answered
        store.client.config_set("appendfsync", "always")
    verb = VERBS[name]
    with closing(Saboteur(store.socket)) as saboteur, Client(store.url) as direct, Client(saboteur.url) as client:
        with closing(Stage(store, saboteur.url, direct, client)) as stage:
            client.ping()
            on = verb.stage(stage)
            before = picture(store.client)
            _warn(store, saboteur, name, fault)
            answer = _act(store, saboteur, fault, lambda: verb.act(stage, on))
        assert saboteur.struck == (fault not in (None, FORGOTTEN)), "the fault did not happen"
        assert broken(store.client) == []
        return answer, before, picture(store.client)


def _warn(store, saboteur, name, fault):
    """Sees to it that the fault befalls this very verb."""
    if fault == FORGOTTEN:
        store.client.script_flush()
    else:
        script = scripts.script(script_of(name))
        store.client.script_load(script.text)
        saboteur.command = b"EVAL\r\n" if name == "hello" else script.sha.encode()
        saboteur.fault = fault


def _act(store, saboteur, fault, act):
    """The call's answer. Should it come to a restart, this thread does it: a server is tied to its starter's life."""
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(act)
        if fault == RESTART:
            assert saboteur.down.wait(WITHIN)
            store.kill()
            store.start()
            saboteur.up.set()
        return answer.result(WITHIN)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", VERBS)
def test_a_disturbed_verb_leaves_what_an_undisturbed_one_leaves(store, name, fault):
    key = (store.name, name)
    if key not in _undisturbed:
        answer, before, after = perform(store, name)
        assert (before != after) == VERBS[name].changes, "the stage is not set for this verb"
        _undisturbed[key] = answer, after
    meant, after = _undisturbed[key]
    answer, _, found = perform(store, name, fault)
    assert found == after
    if VERBS[name].answers:
        assert answer == meant


def test_every_script_is_in_the_table():
    assert sorted(set(map(script_of, VERBS))) == scripts.names(), "each script needs an entry in tests/faults/verbs.py"
