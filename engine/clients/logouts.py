"""Sessions of the gateways that were ended before their time: named in the store, so that all gateways refuse them."""

from engine.store.calls import Call
from engine.store.question import Question


def logout(session: str, until: int) -> Call[None]:
    """End a session.

    Args:
        session: its name.
        until: epoch seconds at which it is over by itself, and need not be remembered any more.
    """
    return Call("logout", [session, until], lambda _: None)


def is_logged_out(base: str, session: str) -> Question[bool]:
    """Whether the session of that name was ended."""
    found = yield ("ZSCORE", f"{base}:logouts", session)
    return found is not None
