"""The headers that every answer bears: what a browser may do with it."""

from starlette.types import Message

CONTENT_POLICY = "content-security-policy"

POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
"""Scripts, styles and connections of our own only, nothing inline, in nobody's frame."""

_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # Not `no-referrer`: browsers would then say `Origin: null` of our own login form.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_REST = _HEADERS[1:]


def with_style(nonce: str) -> str:
    """The policy for a page with one style sheet within, of this nonce."""
    return f"{POLICY}; style-src 'self' 'nonce-{nonce}'"


def add(message: Message) -> None:
    """Put the headers on an answer's start; a route's own policy stays."""
    headers = message.setdefault("headers", [])
    own = any(name == b"content-security-policy" for name, _ in headers)
    message["headers"] = [*headers, *(_REST if own else _HEADERS)]
