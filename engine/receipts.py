"""Receipts of erasures: what went, what stays and why, signed, to be checked at any later time.

A receipt names nobody: its subject is the mark of the erasure ledger. Whoever has the file sees by the signature
(Ed25519) that it is as it was written; whoever has the store sees that it is still true.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from engine.api import Acting, Engine
from engine.clock import iso_time
from engine.errors import Forbidden, UnreadableFile
from engine.model.actor import Actor
from engine.queries.home import People
from engine.queries.rights import DeletionPreview, Fated

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT: Final = "conneqtos-erasure-receipt"
PURPOSE: Final = "erasure receipts 1"
FOLDER: Final = "receipts"
BACKUP_DAYS: Final = 30
LARGEST: Final = 1 << 20
DAY: Final = 86_400_000


class Outcome(Struct, frozen=True, kw_only=True):
    """Of one kind of data: how many records there were, and what became of them."""

    kind: str
    title: str
    records: int
    fate: str
    why_kept: str = ""


class Receipt(Struct, frozen=True, kw_only=True):
    """Times are in UTC (ISO 8601). `in_backups_until` is when the last backup that knew the person is gone.
    `audit_number` and `audit_checked` say that the audit chain was whole, and how far. `key` and `signature` are
    hex; the signature is over the receipt with an empty one."""

    format: str = FORMAT
    version: int = 1
    organization: str
    subject: str
    erased_at: str
    in_backups_until: str
    outcomes: tuple[Outcome, ...]
    audit_checked: int
    key: str = ""
    signature: str = ""


class Checked(Struct, frozen=True, kw_only=True):
    """`signed_here`: by this store's own key. `still_true`: nobody with this mark is back, and the ledger has it."""

    receipt: Receipt
    signed_here: bool
    still_true: bool


async def fates_of(acting: Acting, member_ids: Iterable[str]) -> dict[str, list[Fated]]:
    """What there is of each of these members, before they are erased."""
    organization = acting.actor.organization_id
    found = {}
    for id in member_ids:
        theirs = acting.engine.acting_as(Actor(organization_id=organization, user_id=id))
        try:
            found[id] = await theirs.query(DeletionPreview())
        except Forbidden:  # who has left cannot ask any more
            found[id] = []
    return found


async def write_receipts(acting: Acting, before: dict[str, list[Fated]]) -> list[Path]:
    """One file each for those who are erased now; who waits for a hold gets none. Raises OSError."""
    gone = {one.id for one in await acting.query(People()) if one.erased_at}
    checked = (await acting.verify_audit()).checked
    return [
        await asyncio.to_thread(_write, acting, id, fates, checked)
        for id, fates in before.items()
        if id in gone
    ]


def receipts_of(engine: Engine) -> list[Path]:
    """The oldest first."""
    return sorted((engine.ledger.path.parent / FOLDER).glob("*.json"))


async def check(acting: Acting, path: Path) -> Checked:
    """Raises UnreadableFile for what is no receipt, or is not as it was written."""
    receipt = await asyncio.to_thread(read, path)
    ledger, organization = acting.engine.ledger, acting.actor.organization_id
    people = await acting.query(People())
    back = [
        one
        for one in people
        if ledger.mark(organization, one.id) == receipt.subject and not one.erased_at
    ]
    known = receipt.subject in {line.who for line in ledger.lines()}
    key = _key(acting.engine).public_key().public_bytes_raw().hex()
    return Checked(receipt=receipt, signed_here=receipt.key == key, still_true=known and not back)


def read(path: Path) -> Receipt:
    """A receipt whose signature holds. Raises UnreadableFile."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        with path.open("rb") as file:
            receipt = msgspec.json.decode(file.read(LARGEST), type=Receipt)
        if receipt.format != FORMAT:
            raise ValueError("another program made it")
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(receipt.key))
        public.verify(bytes.fromhex(receipt.signature), _signed(receipt))
    except OSError as error:
        raise UnreadableFile(path.name, "the disk", str(error.strerror)) from None
    except InvalidSignature:
        raise UnreadableFile(path.name, "its signature", "it is not as it was written") from None
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError) as error:
        raise UnreadableFile(path.name, "", f"this is no receipt of an erasure: {error}") from None
    return receipt


def _write(acting: Acting, member_id: str, fates: list[Fated], checked: int) -> Path:
    engine, organization, now = acting.engine, acting.actor.organization_id, acting.engine.now()
    private = _key(engine)
    receipt = Receipt(
        organization=organization, subject=engine.ledger.mark(organization, member_id),
        erased_at=iso_time(now), in_backups_until=iso_time(now + BACKUP_DAYS * DAY),
        outcomes=tuple(
            Outcome(
                kind=one.kind, title=one.title, records=one.count, fate=one.fate.value,
                why_kept=one.why_kept,
            )
            for one in fates
            if one.count
        ),
        audit_checked=checked, key=private.public_key().public_bytes_raw().hex(),
    )  # fmt: skip
    receipt = replace(receipt, signature=private.sign(_signed(receipt)).hex())
    folder = engine.ledger.path.parent / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{receipt.erased_at[:10]}-{receipt.subject[:12]}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(receipt), indent=2))
    return path


def _signed(receipt: Receipt) -> bytes:
    return msgspec.json.encode(replace(receipt, signature=""), order="deterministic")


def _key(engine: Engine) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(engine.secret(PURPOSE))
