"""What the endpoints that write have in common: the caller's own command id, and the version they expect."""

from engine.clock import derived_id, new_id
from engine.errors import Invalid, Refused, UsageError

LONGEST_KEY = 200


class VersionMoved(Refused):
    """The record is another than the caller has seen (RFC 9110, If-Match)."""

    code = "version_moved"
    title = "It has changed"


def command_id(idempotency_key: str | None, member_id: str) -> str:
    """The same key of the same person is the same command: sent again, it is not carried out again."""
    if not idempotency_key:
        return new_id()
    if len(idempotency_key) > LONGEST_KEY:
        raise UsageError(f"An Idempotency-Key has {LONGEST_KEY} characters at most.")
    return derived_id("api", member_id, idempotency_key)


def check_version(if_match: str | None, version: int) -> None:
    """Raises VersionMoved, Invalid."""
    if if_match is None or if_match.strip() == "*":
        return
    wanted = if_match.strip().removeprefix("W/").strip('"')
    if not wanted.isdecimal():
        raise Invalid("If-Match holds no version of ours: send the ETag that came with the record.")
    if int(wanted) != version:
        raise VersionMoved(f"It is at version {version} by now. Read it again, and decide anew.")


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
