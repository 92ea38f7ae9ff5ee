"""The audit trail as people read it: for owners and admins all of it, for everybody what it says about them."""

from typing import Final

from msgspec import Struct

from engine.model.audit import AUDIT_NAMES, AuditEntry
from engine.model.record import JSON, Number
from engine.model.text import folded
from engine.queries.registry import Query, answers
from engine.store.audit_pages import (
    Test,
    about,
    entries_after,
    mentions,
    newest_entries,
    newest_link,
)
from engine.store.reading import SYSTEM_USER, Reading

MOST: Final = 1_000
FORMER: Final = "somebody who is gone"


class AuditLine(Struct, frozen=True, kw_only=True):
    """`words` says what was done; `device` and `address` are empty where they were erased."""

    number: int
    at: int
    name: str
    words: str
    actor_id: str
    actor: str
    device: str
    address: str
    count: int
    targets: tuple[str, ...]


class AuditTrail(Query[list[AuditLine]], frozen=True, kw_only=True):
    """The newest entries first; every word must be in what was done, by whom, or from which device. Ask for
    the next page with the last number of this one as `before`."""

    words: str = ""
    before: Number = 0
    limit: Number = MOST


class AuditAboutMe(Query[list[AuditLine]], frozen=True, kw_only=True):
    """As AuditTrail: what the actor did, and what was done to their place in the organization."""

    words: str = ""
    before: Number = 0
    limit: Number = MOST


class AuditLink(Struct, frozen=True, kw_only=True):
    """One entry as it goes into an export: everything but salts; hashes in hex, so that the chain can be
    compared later, and no personal detail can be guessed from its hash."""

    number: int
    seq: int
    command_id: str
    name: str
    at: int
    actor_id: str
    detail: dict[str, JSON]
    device: str
    address: str
    sealed_hash: str
    hash: str


class ChainHead(Struct, frozen=True, kw_only=True):
    """The newest entry: its number and, in hex, its hash."""

    number: int
    hash: str


class AuditHead(Query[ChainHead], frozen=True, kw_only=True):
    """Where the chain stands. It tells nothing of what is in it, so everybody may keep it as a witness."""


class AuditChain(Query[list[AuditLink]], frozen=True, kw_only=True):
    """The entries after the number `after_number`, the oldest first."""

    after_number: Number = 0
    limit: Number = MOST


@answers(AuditTrail, role="admin", within_board=False, on_server=True)
def audit_trail(reading: Reading, query: AuditTrail) -> list[AuditLine]:
    tests = [_has(reading, word) for word in query.words.split()]
    found = newest_entries(reading, tests, query.before, min(query.limit, MOST))
    return [_line(reading, entry) for entry in found]


@answers(AuditAboutMe, within_board=False, on_server=True)
def audit_about_me(reading: Reading, query: AuditAboutMe) -> list[AuditLine]:
    tests = [about(reading.member.id), *(_has(reading, word) for word in query.words.split())]
    found = newest_entries(reading, tests, query.before, min(query.limit, MOST))
    return [_line(reading, entry) for entry in found]


@answers(AuditHead, within_board=False, on_server=True)
def audit_head(reading: Reading, query: AuditHead) -> ChainHead:
    number, digest = newest_link(reading)
    return ChainHead(number=number, hash=digest.hex())


@answers(AuditChain, role="admin", within_board=False, on_server=True)
def audit_chain(reading: Reading, query: AuditChain) -> list[AuditLink]:
    return [
        _link(entry) for entry in entries_after(reading, query.after_number, min(query.limit, MOST))
    ]


def _has(reading: Reading, word: str) -> Test:
    wanted = folded(word)
    names = [
        name for name, words in AUDIT_NAMES.items() if wanted in folded(words) or wanted in name
    ]
    actors = [id for id, name in reading.people.items() if wanted in folded(name)]
    return mentions(word, names, actors)


def _line(reading: Reading, entry: AuditEntry) -> AuditLine:
    sealed = entry.sealed or {}
    targets = entry.detail.get("targets")
    count = entry.detail.get("count")
    return AuditLine(
        number=entry.number, at=entry.at, name=entry.name,
        words=AUDIT_NAMES.get(entry.name, entry.name), actor_id=entry.actor_id,
        actor=_name(reading, entry.actor_id), device=str(sealed.get("device") or ""),
        address=str(sealed.get("address") or ""), count=count if isinstance(count, int) else 0,
        targets=tuple(map(str, targets)) if isinstance(targets, list) else (),
    )  # fmt: skip


def _name(reading: Reading, actor_id: str) -> str:
    return "ConneqtOS" if actor_id == SYSTEM_USER else reading.people.get(actor_id, FORMER)


def _link(entry: AuditEntry) -> AuditLink:
    sealed = entry.sealed or {}
    return AuditLink(
        number=entry.number, seq=entry.seq, command_id=entry.command_id, name=entry.name,
        at=entry.at, actor_id=entry.actor_id, detail=entry.detail,
        device=str(sealed.get("device") or ""), address=str(sealed.get("address") or ""),
        sealed_hash=entry.sealed_hash.hex(), hash=entry.hash.hex(),
    )  # fmt: skip
