"""Signatures by the Standard Webhooks scheme (standardwebhooks.com): HMAC-SHA256 over id, time and body. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"


def signed(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of one attempt.

    Args:
        secrets: `whsec_` and base64, each gives a signature: while one is replaced by another, both are valid.
        message_id: the same in every attempt, so that a receiver knows a repetition.
        timestamp: of this attempt, epoch seconds.
        body: exactly as it is sent.
    """
    content = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    signatures = [hmac.digest(key(secret), content, hashlib.sha256) for secret in secrets]
    headers = {"webhook-id": message_id, "webhook-timestamp": str(timestamp)}
    if signatures:
        headers["webhook-signature"] = " ".join("v1," + base64.b64encode(one).decode() for one in signatures)
    return headers


def key(secret: str) -> bytes:
    """The bytes of a secret.

    Raises:
        ValueError: it is not `whsec_` and base64. It is not repeated.
    """
    if not secret.startswith(PREFIX):
        raise ValueError(f"a webhook's secret begins with {PREFIX}")
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
