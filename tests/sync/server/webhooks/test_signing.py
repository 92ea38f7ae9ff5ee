"""Signatures are those of Standard Webhooks: the example of its specification, and its own library."""

import base64
import time

import pytest

from sync.server.webhooks.signing import signed


def test_the_example_of_the_specification() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [secret])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_its_own_library_believes_either_of_two_secrets_and_nothing_that_was_altered() -> None:
    theirs = pytest.importorskip("standardwebhooks")
    secrets = [bytes(range(32)), bytes(32)]
    headers = signed("msg_1", int(time.time()), b'{"a": 1}', secrets)
    for secret in secrets:
        check = theirs.Webhook("whsec_" + base64.b64encode(secret).decode())
        assert check.verify(b'{"a": 1}', headers) == {"a": 1}
        for body, more in ((b'{"a": 2}', {}), (b'{"a": 1}', {"webhook-id": "msg_2"})):
            with pytest.raises(theirs.WebhookVerificationError):
                check.verify(body, {**headers, **more})
