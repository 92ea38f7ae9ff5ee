"""What the endpoints that write have in common: the caller's own command id, and the version they expect."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct

from engine.api import Acting, Expected
from engine.clock import derived_id, new_id
from engine.commands.registry import Command
from engine.errors import Invalid, Refused
from engine.model.record import Record

T = TypeVar("T")


class Once(Struct, frozen=True, kw_only=True):
    """The name of a call: `id` is that of its command, `gesture` tells what it said."""

    id: str
    gesture: str

    def derived(self, what: str) -> str:
        """The id of what it makes."""
        return derived_id(self.id, what)

    async def execute(
        self, acting: Acting, command: Command, expected: Expected | None = None
    ) -> None:
        await acting.execute(command, command_id=self.id, gesture=self.gesture, expected=expected)


def once(idempotency_key: str | None, acting: Acting, *call: str, said: object = None) -> Once:
    """The same key of the same person for the same call (its name, and what it is about) is the same command: sent
    again, it is not carried out again; and where it says something else then, it is refused."""
    if not idempotency_key:
        id = new_id()
        return Once(id=id, gesture=id)
    id = derived_id("api", acting.actor.user_id, idempotency_key, *call)
    return Once(id=id, gesture=derived_id(id, msgspec.json.encode(said).decode()))


def made(found: Iterable[T]) -> T:
    """What a call has made. Raises Refused where it was made by an earlier call with the same key, and is gone."""
    for one in found:
        return one
    raise Refused("A call with this Idempotency-Key made it before, and it is gone by now.")


def expected(if_match: str | None, kind: type[Record], id: str) -> Expected | None:
    """What If-Match says of the record (RFC 9110): one ETag or several. What is shown around the record does not
    count. Raises Invalid."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = [one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")]
    wanted = [tag.partition("-")[0] for tag in tags]
    if not all(one.isascii() and one.isdecimal() for one in wanted):
        raise Invalid("If-Match holds no version of ours: send the ETag that came with the record.")
    return Expected(kind=kind, id=id, versions=frozenset(int(one) for one in wanted))


def etag(version: int, around: Struct | None = None) -> dict[str, str]:
    """The record's own version, and a digest of what is shown `around` it, which changes without it."""
    digest = "" if around is None else hashlib.sha256(msgspec.json.encode(around)).hexdigest()[:16]
    return {"ETag": f'"{version}-{digest}"' if digest else f'"{version}"'}
