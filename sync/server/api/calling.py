"""What the endpoints that write have in common: the caller's own command id, and the version they expect."""

from collections.abc import Iterable
from typing import TypeVar

from engine.api import Expected
from engine.clock import derived_id, new_id
from engine.errors import Invalid, Refused, UsageError
from engine.model.record import Record

LONGEST_KEY = 200
T = TypeVar("T")


def command_id(idempotency_key: str | None, member_id: str, *call: str) -> str:
    """The same key of the same person for the same call (its name, and what it is about) is the same command: sent
    again, it is not carried out again."""
    if not idempotency_key:
        return new_id()
    if len(idempotency_key) > LONGEST_KEY:
        raise UsageError(f"An Idempotency-Key has {LONGEST_KEY} characters at most.")
    return derived_id("api", member_id, idempotency_key, *call)


def made(found: Iterable[T]) -> T:
    """What a call has made. Raises Refused where it was made by an earlier call with the same key, and is gone."""
    for one in found:
        return one
    raise Refused("A call with this Idempotency-Key made it before, and it is gone by now.")


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
