import pytest

from config.marks import read
from config.problems import dotted
from config.rules import broken


def told(text: str) -> list[str]:
    root = read(text, "c").root
    assert isinstance(root, dict)
    return [f"{dotted(path)}: {message}" for path, message in broken(root)]


def test_names_are_unique_among_pools_and_programs():
    assert told("pools: [{name: a}, {name: a}]\nprograms: [{name: a}, {name: b}]") == [
        "pools[1].name: 'a' is also the name of pools[0]: choose another",
        "programs[0].name: 'a' is also the name of pools[0]: choose another",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "metrics: {port: 5000}",
        "gateway: {host: 0.0.0.0, port: 9100}",
        "pools: [{http_port: 5000}]",
        "gateway: {enabled: no}\npools: [{http_port: 1}, {http_port: 1}]",
        "pools: [{http_port: 4998, instances: 4}]",
        "pools: [{http_port: 6001, instances: 3}, {http_port: 6003, instances: 3}]",
    ],
)
def test_two_listeners_on_one_port_are_refused(text):
    assert len(told(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gateway: {port: 0}\nmetrics: {port: 0}",
        "gateway: {enabled: false}\nmetrics: {port: 5000}",
        "gateway: {host: 10.0.0.1}\nmetrics: {host: 10.0.0.2, port: 5000}",
        "pools: [{http_port: 5001}, {http_port: 5002}]",
        "pools: [{http_port: 5001, instances: 4}, {http_port: 5005, instances: max}]",
        "pools: [{http_port: 4999, instances: x}, {http_port: 4998, instances: -1}]",
    ],
)
def test_listeners_that_cannot_meet_are_fine(text):
    assert read(text, "c").root == {} or told(text) == []


def test_a_task_module_or_a_queue_listed_twice_is_refused():
    assert told("pools: [{tasks: [t, t], queues: [a, b, a]}]") == [
        "pools[0].tasks[1]: 't' is listed twice",
        "pools[0].queues[2]: 'a' is listed twice",
    ]


def test_a_queue_with_a_policy_that_no_pool_serves_is_fine():
    assert told("pools: [{queues: [a]}]\nqueues: {elsewhere: {retries: 1}}") == []


@pytest.mark.parametrize("text", ["pools: x", "pools: [x, [y]]", "gateway: 5", "pools: [{name: [a]}]", "pools:"])
def test_a_file_of_the_wrong_shape_does_not_upset_the_rules(text):
    assert told(text) == []
