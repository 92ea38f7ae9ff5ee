"""Signs a message as Standard Webhooks says: HMAC-SHA256 over its id, the time of the attempt, and the body."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def signed(id: str, seconds: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The headers of one attempt; a signature for each secret that is in force."""
    message = f"{id}.{seconds}.".encode() + body
    digests = [hmac.digest(secret, message, hashlib.sha256) for secret in secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in digests),
    }
