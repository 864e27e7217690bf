import asyncio

from hypothesis import given
from hypothesis import strategies as st

from gateway.access import cookies
from gateway.access.cookies import Secret, Session

SECRET = b"s" * 32
SESSION = Session("ops", "0123456789abcdef", 1_800_000_000)
ANOTHER = Session("ops", "0123456789abcdef", 1_800_000_000)


def test_a_session_is_read_back_and_no_two_cookies_are_the_same() -> None:
    one, other = cookies.sealed(SESSION, SECRET), cookies.sealed(ANOTHER, SECRET)
    assert one != other
    assert (cookies.opened(one, SECRET), cookies.opened(other, SECRET)) == (SESSION, ANOTHER)
    assert len(SESSION.name) == 16


def test_another_secret_opens_nothing() -> None:
    assert cookies.opened(cookies.sealed(SESSION, SECRET), b"t" * 32) is None


@given(place=st.integers(min_value=0, max_value=200), letter=st.characters(max_codepoint=0x2FF))
def test_a_cookie_that_was_changed_anywhere_is_none(place: int, letter: str) -> None:
    value = cookies.sealed(SESSION, SECRET)
    at = place % len(value)
    changed = value[:at] + letter + value[at + 1 :]
    assert (cookies.opened(changed, SECRET) is not None) == (changed == value)


@given(st.text())
def test_any_text_is_no_session_and_no_error(text: str) -> None:
    assert cookies.opened(text, SECRET) is None
    cookies.session_cookie(text)
    assert not cookies.same(text, "x" + text)


def test_the_csrf_text_is_of_one_session_and_is_no_session() -> None:
    one, other = cookies.sealed(SESSION, SECRET), cookies.sealed(ANOTHER, SECRET)
    said = cookies.csrf(one, SECRET)
    assert said == cookies.csrf(one, SECRET) != cookies.csrf(other, SECRET)
    assert said not in one


def test_our_cookie_is_found_among_others_and_the_safer_one_first() -> None:
    assert cookies.session_cookie("a=1; herdsman_session=x.y; b=2") == "x.y"
    assert cookies.session_cookie("herdsman_session=x; __Host-herdsman_session=y") == "y"
    assert cookies.session_cookie("xherdsman_session=x") == ""


def test_a_cookie_is_kept_from_scripts_and_from_other_sites() -> None:
    plain, safe = cookies.set_cookie("v", 60, secure=False), cookies.set_cookie("v", 60, secure=True)
    assert plain == "herdsman_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"
    assert safe == "__Host-herdsman_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"


def test_the_secret_is_read_once_and_again_only_when_it_is_doubted_for_a_while() -> None:
    now, stored, reads = [0.0], [b"a" * 32], []

    async def seal(fresh: bytes) -> bytes:
        assert len(fresh) == 32
        reads.append(now[0])
        return stored[0]

    async def run() -> None:
        secret = Secret(seal, lambda: now[0])
        assert await secret.get() == b"a" * 32
        stored[0] = b"b" * 32
        now[0] = 9.0
        assert await secret.get(doubted=True) == b"a" * 32
        now[0] = 11.0
        assert await secret.get() == b"a" * 32
        assert await secret.get(doubted=True) == b"b" * 32

    asyncio.run(run())
    assert reads == [0.0, 11.0]
