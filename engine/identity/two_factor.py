"""Setting the second factor up: the secret as text, address and QR code, and recovery codes to keep."""

import io
import secrets
from typing import Final

import pyotp
import segno
from msgspec import Struct

from engine.api import Acting
from engine.commands.two_factor import (
    EndTwoFactor,
    PrepareTwoFactor,
    RenewRecoveryCodes,
    StartTwoFactor,
)
from engine.identity.accounts import check_password
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.privacy.two_factor import RECOVERY_CODES
from engine.queries.accounts import AboutMyAccount

ISSUER: Final = "ConneqtOS"
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"


class Setup(Struct, frozen=True, kw_only=True):
    """What an authenticator reads: the secret (base32), the same as an otpauth address, and that as a QR code
    drawn in half blocks."""

    secret: str
    address: str
    picture: str


async def prepare(account: Acting, password: str) -> Setup:
    """It is in force when `start` was given a first code. Raises NotSignedIn, Refused, TooMany."""
    await check_password(account, password)
    about = await account.query(AboutMyAccount())
    secret = pyotp.random_base32()
    await account.execute(PrepareTwoFactor(secret=secret))
    uri = pyotp.TOTP(secret).provisioning_uri(name=about.email, issuer_name=ISSUER)
    return Setup(secret=secret, address=uri, picture=drawn(uri))


async def start(account: Acting, code: str) -> tuple[str, ...]:
    """Comes back with the recovery codes, which are shown this once. Raises Invalid, Refused, TooMany."""
    await _limited(account)
    codes = recovery_codes()
    await account.execute(StartTwoFactor(code=code, recovery_codes=codes))
    return codes


async def renew(account: Acting, code: str) -> tuple[str, ...]:
    """New recovery codes; the old ones are void."""
    await _limited(account)
    codes = recovery_codes()
    await account.execute(RenewRecoveryCodes(code=code, recovery_codes=codes))
    return codes


async def end(account: Acting, password: str, code: str) -> None:
    """Switch it off."""
    await check_password(account, password)
    await _limited(account)
    await account.execute(EndTwoFactor(code=code))


def recovery_codes() -> tuple[str, ...]:
    """Ten codes of 80 bits, in groups of four letters."""
    return tuple(_code() for _ in range(RECOVERY_CODES))


def drawn(text: str) -> str:
    """A QR code in half blocks: two rows of it are one of the terminal."""
    out = io.StringIO()
    segno.make(text, error="m").terminal(out=out, compact=True)
    return out.getvalue()


def _code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


async def _limited(account: Acting) -> None:
    actor = account.actor
    caller = Caller(device=actor.device, address=actor.address)
    tenant = actor.organization_id
    await limited(account.engine, "second_factor", caller, about=tenant, tenant=tenant)
