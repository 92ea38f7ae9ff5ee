"""What the endpoints that write have in common: the caller's own command id, and the version they expect."""

from engine.api import Expected
from engine.clock import derived_id, new_id
from engine.errors import Invalid, UsageError
from engine.model.record import Record

LONGEST_KEY = 200


def command_id(idempotency_key: str | None, member_id: str) -> str:
    """The same key of the same person is the same command: sent again, it is not carried out again."""
    if not idempotency_key:
        return new_id()
    if len(idempotency_key) > LONGEST_KEY:
        raise UsageError(f"An Idempotency-Key has {LONGEST_KEY} characters at most.")
    return derived_id("api", member_id, idempotency_key)


def expected(if_match: str | None, kind: type[Record], id: str) -> Expected | None:
    """What If-Match says of the record (RFC 9110): one ETag or several. Raises Invalid."""
    if if_match is None or if_match.strip() == "*":
        return None
    wanted = [one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")]
    if not all(one.isascii() and one.isdecimal() for one in wanted):
        raise Invalid("If-Match holds no version of ours: send the ETag that came with the record.")
    return Expected(kind=kind, id=id, versions=frozenset(int(one) for one in wanted))


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
