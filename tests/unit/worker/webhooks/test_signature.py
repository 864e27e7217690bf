"""Signatures, against the example of the Standard Webhooks scheme and against HMAC as its RFC writes it."""

import base64
import hashlib

import pytest

from worker.webhooks.signature import key, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_schemes_own_example_is_met():
    headers = signed([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def by_hand(secret: bytes, content: bytes) -> bytes:
    """HMAC-SHA256 as RFC 2104 writes it, without the module under test's own."""
    padded = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + content).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def test_every_secret_signs_so_that_one_can_be_replaced_by_another():
    other = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    found = signed([SECRET, other], "m", 7, b"body")["webhook-signature"].split(" ")
    expected = [by_hand(base64.b64decode(secret[6:]), b"m.7.body") for secret in (SECRET, other)]
    assert found == ["v1," + base64.b64encode(one).decode() for one in expected]


def test_without_a_secret_there_is_no_signature():
    assert "webhook-signature" not in signed([], "m", 7, b"")


@pytest.mark.parametrize("secret", ["", "whsec_***", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_what_is_no_secret_is_refused_without_being_repeated(secret):
    with pytest.raises(ValueError) as told:
        key(secret)
    assert len(secret) < 10 or secret not in str(told.value)
