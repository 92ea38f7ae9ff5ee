"""The second factor: codes of an authenticator (TOTP, RFC 6238), each good for one use, and recovery codes."""

import hashlib
from typing import Any, Final

from engine.errors import Invalid
from engine.model.account import Account

STEP_SECONDS: Final = 30
DRIFT: Final = 1
"""Steps that a clock may be off, before and behind."""
RECOVERY_CODES: Final = 10
WRONG: Final = (
    "This code is not right, or was used already. Wait for the next one, or use a recovery code."
)


def matching_step(secret: str, code: str, now: int, *, after: int) -> int | None:
    """The time step whose code this is; none that is not later than `after`, so that no code works twice."""
    import hmac

    import pyotp

    totp = pyotp.TOTP(secret)
    today = now // 1000 // STEP_SECONDS
    for step in range(today - DRIFT, today + DRIFT + 1):
        if step > after and hmac.compare_digest(totp.at(step * STEP_SECONDS), code):
            return step
    return None


def used_code(account: Account, code: str, now: int) -> dict[str, Any]:
    """The fields of the account after this code was used. Raises Invalid for a wrong one."""
    given = code.replace(" ", "").replace("-", "").lower()
    step = matching_step(account.two_factor_secret, given, now, after=account.two_factor_step)
    if step is not None:
        return {"two_factor_step": step}
    spent = recovery_hash(given)
    if spent in account.recovery_codes:
        left = tuple(one for one in account.recovery_codes if one != spent)
        return {"recovery_codes": left}
    raise Invalid(WRONG)


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: 80 bits of chance need no slow hash."""
    plain = code.replace(" ", "").replace("-", "").lower()
    return hashlib.sha256(f"recovery\0{plain}".encode()).hexdigest()
