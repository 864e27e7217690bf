import hashlib
import re

import pytest

from gateway.access.tokens import KeyRing, Token, hashed, masked, mint, rights


def ring(*named: tuple[str, str], **more: object) -> KeyRing:
    return KeyRing(Token(name, hashed(text), ("read",), **more) for name, text in named)  # type: ignore[arg-type]


def test_a_token_is_256_random_bits_in_a_form_that_scanners_find() -> None:
    made = {mint("ci-1") for _ in range(50)}
    assert len(made) == 50
    for token in made:
        assert re.fullmatch(r"hm_ci-1_[A-Za-z0-9_-]{43}", token)
        assert masked(f"GET /x?t={token}&u=1") == "GET /x?t=hm_***&u=1"


def test_the_file_holds_the_sha256_of_the_whole_token() -> None:
    assert hashed("hm_a_b") == hashlib.sha256(b"hm_a_b").hexdigest()


def test_a_token_is_found_among_others_and_nothing_else_is() -> None:
    found = ring(("a", "one"), ("b", "two"), ("b", "three"))
    assert (found.find("two", 0).id, found.find("three", 0).id) == ("b", "b")  # type: ignore[union-attr]
    for wrong in ("", "on", "onee", "one ", hashed("one"), "sha256:" + hashed("one"), "\udcff", "o" * 10_000):
        assert found.find(wrong, 0) is None
    assert KeyRing().find("", 0) is None


def test_a_token_is_refused_from_the_moment_at_which_it_expires() -> None:
    known = ring(("a", "one"), expires=100.0)
    assert known.find("one", 99.9) is not None
    assert known.find("one", 100.0) is None
    tag = known.find("one", 0).tag  # type: ignore[union-attr]
    assert known.tagged("a", tag, 99.9) is not None
    assert known.tagged("a", tag, 100.0) is None


def test_tags_tell_tokens_of_one_id_apart_and_do_not_show_the_hash() -> None:
    known = ring(("a", "one"), ("a", "two"))
    tags = [known.find(text, 0).tag for text in ("one", "two")]  # type: ignore[union-attr]
    assert tags[0] != tags[1]
    assert tags[0] not in hashed("one")
    assert known.tagged("b", tags[0], 0) is None


@pytest.mark.parametrize(
    ("scopes", "all_of_them"),
    [
        (["read"], ("read",)),
        (["submit"], ("read", "submit")),
        (["read", "admin"], ("read", "submit", "admin")),
    ],
)
def test_a_scope_has_those_below_it(scopes: list[str], all_of_them: tuple[str, ...]) -> None:
    assert rights(scopes) == all_of_them
