"""Names in the store."""

import pytest

from engine.store import keys


def test_an_id_says_where_to_look():
    assert keys.place(keys.job_id(3, 1795327562556, 7)) == (3, 1795327562556, 7)


@pytest.mark.parametrize("text", ["", "x", "1-2", "1-2-3-4", "1-2-x", "-1-2-3", "1-2-3\n", "1-2-" + "9" * 16])
def test_what_is_no_id_has_no_place(text):
    assert keys.place(text) is None


@pytest.mark.parametrize("name", ["", "a b", "{x}", "a" * 65, "\n", "-a"])
def test_names_that_would_break_a_key_are_refused(name):
    with pytest.raises(ValueError, match="cannot be the name"):
        keys.base(name)
