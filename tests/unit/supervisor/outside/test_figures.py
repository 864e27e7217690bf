from supervisor.outside.figures import merged


def test_the_freshest_word_about_a_queue_counts() -> None:
    old = (1, {"up": True, "swept_at": 50.0, "queues": {"a": {"pending": 1}, "b": {"pending": 2}}, "rescued": {"a": 3}})
    old[1]["new_groups"] = {"c": 2}
    new = (2, {"up": False, "memory": 7, "swept_at": 40.0, "queues": {"a": {"pending": 9}}, "rescued": {"a": 2}})
    found = merged([new, old], 60.0)
    assert found.queues == {"a": {"pending": 9}, "b": {"pending": 2}}
    assert (found.up, found.memory, found.swept_at) == (False, 7, 50.0)
    assert (found.rescued, found.new_groups) == ({"a": 3}, {"c": 2})


def test_keepers_that_have_said_nothing_yet_mean_zeros() -> None:
    assert merged([(0, None), (0, [1, 2])], 0.0).up is False
    assert merged([], 0.0).queues == {}


def test_what_was_read_long_ago_is_stale_unless_another_keeper_has_read_it_since() -> None:
    gone = (1, {"up": True, "read_at": 100.0, "queues": {"a": {"pending": 1}, "b": {}}})
    here = (2, {"up": True, "read_at": 199.0, "queues": {"b": {"pending": 2}}})
    found = merged([here, gone], 200.0)
    assert (found.stale, found.fresh, found.read_at) == ({"a"}, True, (199.0, 100.0))
    assert merged([gone], 200.0).fresh is False
    assert merged([(1, {"up": True, "queues": {"a": {}}})], 200.0).stale == frozenset()  # of the last release's keeper
