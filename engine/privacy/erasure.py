"""What an erasure leaves in the place of a person (GDPR Art. 17; policy §5 and §6)."""

import hashlib
from typing import Any, Final

import msgspec

from engine.model.actor import Role
from engine.model.organization import Member
from engine.model.record import Record
from engine.privacy.inventory import personal_fields
from engine.store.reading import Reading

_BLANKS: Final[dict[type, object]] = {str: "", tuple: (), dict: {}, list: [], int: 0}


def pseudonym(organization_id: str, member_id: str) -> str:
    """“Former member 7f3a”: the same wherever this person is named in this organization, so that a discussion
    stays readable, and another one in another organization."""
    digest = hashlib.sha256(f"{organization_id}\0{member_id}".encode()).hexdigest()
    return f"Former member {digest[:4]}"


def blanked(record: Record) -> dict[str, object]:
    """The personal fields of a record without what is in them."""
    return {
        name: _BLANKS[type(getattr(record, name))]
        for name in personal_fields(type(record))
        if isinstance(getattr(record, name), tuple(_BLANKS))
    }


def former(organization_id: str, member: Member, at: int) -> dict[str, Any]:
    """The fields of a member who is no more: nothing personal, no account, no role."""
    return blanked(member) | {
        "name": pseudonym(organization_id, member.id),
        "color": msgspec.structs.fields(Member)[_COLOR].default,
        "role": Role.GUEST,
        "account": False,
        "erased_at": at,
    }


def is_only_owner(reading: Reading, member: Member) -> bool:
    """Whether the organization would be without an owner if this member went."""
    return member.role is Role.OWNER and reading.count(Member, role=Role.OWNER.value) == 1


_COLOR: Final = Member.__struct_fields__.index("color")
