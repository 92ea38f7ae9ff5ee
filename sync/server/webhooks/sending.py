"""Sends one message, and says how it went. An attempt is bounded: in time, in what is read, and to one address."""

import asyncio
import ssl
import time
from typing import Final

import httpx

from engine.webhooks import Answer, Letter
from sync.server.webhooks.signing import signed
from sync.server.webhooks.targets import NotAllowed, resolved

SECONDS: Final = 10.0
AGENT: Final = "ConneqtOS-Webhooks"
GONE: Final = 410
_BUSY: Final = (429, 503)
_DIGITS: Final = 9
"""Of what Retry-After says: more are longer than we wait anyway, and 5,000 are no number to Python."""


class Sender:
    """One for a server process. `private` allows http and private networks (a setting for people who host for
    themselves); `trust` are the authorities whose certificates are believed, the system's without it."""

    def __init__(
        self, *, private: bool, trust: ssl.SSLContext | None = None, seconds: float = SECONDS
    ) -> None:
        self._private = private
        self._trust = trust or ssl.create_default_context()
        self._seconds = seconds

    async def send(self, letter: Letter) -> Answer:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(letter)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(reason="timeout")
        except NotAllowed:
            return Answer(reason="address")
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
            return Answer(reason="certificate" if untrusted else "connection")

    async def _post(self, letter: Letter) -> Answer:
        target = await resolved(letter.url, self._private)
        headers = {
            "Host": target.authority, "Content-Type": "application/json", "User-Agent": AGENT,
            "Accept-Encoding": "identity",
            **signed(letter.delivery.id, int(time.time()), letter.body, letter.secrets),
        }  # fmt: skip
        # A connection of its own each time: one that is kept would be taken for another name at the same address.
        async with httpx.AsyncClient(
            verify=self._trust, trust_env=False, follow_redirects=False, timeout=self._seconds
        ) as client:
            request = client.build_request(
                "POST", target.url, content=letter.body, headers=headers,
                extensions={"sni_hostname": target.host},
            )  # fmt: skip
            answer = await client.send(request, stream=True)
            try:
                return _judged(answer)
            finally:
                await answer.aclose()  # its body is not read


def _judged(answer: httpx.Response) -> Answer:
    code = answer.status_code
    if answer.is_success:
        return Answer(code=code)
    if answer.is_redirect or 300 <= code < 400:
        return Answer(code=code, reason="redirect")
    if code == GONE:
        return Answer(code=code, reason="gone")
    asked = answer.headers.get("retry-after", "")
    wait = int(asked[:_DIGITS]) if code in _BUSY and asked.isascii() and asked.isdecimal() else 0
    return Answer(code=code, reason="status", wait=wait)
