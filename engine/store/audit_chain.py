"""The hash chain of an organization's audit entries: how a link is made and how a chain is checked.

hash(n) = SHA-256(hash(n-1) ‖ canonical JSON of the entry's fields ‖ sealed_hash). What is personal
(device, address) enters only as SHA-256(salt ‖ canonical JSON): deleting it and its salt leaves the
chain whole (DESIGN §6).
"""

import hashlib
import secrets
from collections.abc import Iterable

import msgspec

from engine.model.audit import AuditEntry, AuditVerdict
from engine.model.record import JSON

GENESIS = bytes(32)
_encode = msgspec.json.Encoder(order="deterministic").encode


def link(
    previous: bytes,
    *,
    number: int,
    seq: int,
    command_id: str,
    name: str,
    at: int,
    actor_id: str,
    detail: dict[str, JSON],
    sealed: dict[str, JSON],
) -> AuditEntry:
    """The entry that follows the one whose hash is `previous`."""
    salt = secrets.token_bytes(16)
    sealed_hash = _sealed_hash(salt, sealed)
    unsigned = AuditEntry(
        number=number, seq=seq, command_id=command_id, name=name, at=at, actor_id=actor_id,
        detail=detail, sealed=sealed, salt=salt, sealed_hash=sealed_hash, hash=b"",
    )  # fmt: skip
    return msgspec.structs.replace(unsigned, hash=_hash(previous, unsigned))


def verify(
    entries: Iterable[AuditEntry], *, count: int, last_hash: bytes, after: int = 0,
    previous: bytes = GENESIS,
) -> AuditVerdict:  # fmt: skip
    """Check entries in order, in constant memory, against the `count` and `last_hash` the head remembers. They
    follow the entry `after`, whose hash is `previous`."""
    expected = after + 1
    for entry in entries:
        reason = fault_of(entry, expected, previous)
        if reason:
            return AuditVerdict(checked=expected - after - 1, bad_number=expected, reason=reason)
        previous, expected = entry.hash, expected + 1
    checked = expected - after - 1
    if expected - 1 != count:
        return AuditVerdict(
            checked=checked,
            bad_number=expected,
            reason=f"the chain ends at {expected - 1}, but {count} were written",
        )
    if previous != last_hash:
        return AuditVerdict(checked=checked, bad_number=count, reason="the last entry was replaced")
    return AuditVerdict(checked=checked)


def fault_of(entry: AuditEntry, expected: int, previous: bytes) -> str:
    """What is wrong with an entry as number `expected`, behind the one whose hash is `previous`; "" where it is right."""
    if entry.number != expected:
        return f"entry {expected} is missing"
    whole = entry.sealed is not None and entry.salt is not None
    if whole and _sealed_hash(entry.salt, entry.sealed) != entry.sealed_hash:
        return "its device or address was changed"
    if _hash(previous, entry) != entry.hash:
        return "its content or its place was changed"
    return ""


def _hash(previous: bytes, entry: AuditEntry) -> bytes:
    content = (
        entry.number, entry.seq, entry.command_id, entry.name, entry.at, entry.actor_id, entry.detail,
    )  # fmt: skip
    return hashlib.sha256(previous + _encode(content) + entry.sealed_hash).digest()


def _sealed_hash(salt: bytes | None, sealed: dict[str, JSON] | None) -> bytes:
    return hashlib.sha256((salt or b"") + _encode(sealed)).digest()
