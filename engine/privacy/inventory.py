"""Which stored data is about a person: read from the marks of the model, so that none can be forgotten.

A type whose fields carry SUBJECT or PERSONAL has a line in `KINDS`, or one in `ELSEWHERE` that says why
not (C01); a test walks the model. Dashboard, export and erasure go by this table.
"""

from enum import StrEnum
from functools import cache
from typing import Any, Final, get_type_hints

from msgspec import Struct

from engine.model.account import (
    Account,
    ApiKey,
    Invitation,
    Mail,
    MailToken,
    Membership,
    SignedIn,
)
from engine.model.audit import AuditEntry
from engine.model.board import Board, BoardMember
from engine.model.change import Deed
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.marks import PERSONAL, SECRET, SUBJECT, Mark
from engine.model.organization import Member, Preference
from engine.model.rights import Consent, Deletion, Disclosure, Hold, Request
from engine.model.webhook import Webhook


class Fate(StrEnum):
    """What becomes of a kind of record when its subject is deleted (C29, C48)."""

    GONE = "erased"
    BLANKED = "stays, without anything personal"
    PSEUDONYM = "stays with the organization, under a pseudonym"


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of record about persons. `by` is the field that makes one a person's own: the one who is
    meant or who made it, not who changed it last. `others` holds fields that are left out of a person's
    export since they say what other people did. Of what is `shared`, others have written parts since: it is
    exported from boards that the person may see. What is `of_account` lies in the account, a tenant of its own: of it an
    organization holds nothing, or only what came about there. `why_kept` says on which ground something stays when the
    person is deleted."""

    name: str
    title: str
    record: type[Struct]
    category: str
    by: str
    fate: Fate
    why_kept: str = ""
    others: tuple[str, ...] = ()
    shared: bool = False
    of_account: bool = False


_THEIRS: Final = "content of the organization (policy §5)"


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(name="profile", title="Your profile", record=Member, category="account", by="id",
             fate=Fate.BLANKED, why_kept="a pseudonym keeps discussions readable"),
        Kind(name="settings", title="Favourites, recent boards and other settings",
             record=Preference, category="account", by="member_id", fate=Fate.GONE),
        Kind(name="places", title="Boards you are a member of", record=BoardMember,
             category="account", by="member_id", fate=Fate.GONE),
        Kind(name="sessions", title="Devices on which you are signed in", record=SignedIn,
             category="technical", by="account_id", fate=Fate.GONE, of_account=True),
        Kind(name="codes", title="Codes that were sent to you and wait", record=MailToken,
             category="account", by="account_id", fate=Fate.GONE, of_account=True),
        Kind(name="organizations", title="Organizations you belong to", record=Membership,
             category="account", by="account_id", fate=Fate.GONE, of_account=True),
        Kind(name="account", title="Your account", record=Account, category="account", by="id",
             fate=Fate.GONE, of_account=True),
        Kind(name="invitations", title="Invitations you sent", record=Invitation,
             category="content", by="invited_by", others=("email",), fate=Fate.GONE),
        Kind(name="api_keys", title="Your API keys", record=ApiKey, category="account",
             by="member_id", fate=Fate.GONE),
        Kind(name="webhooks", title="Webhooks you made", record=Webhook, category="account",
             by="member_id", fate=Fate.GONE),
        Kind(name="mails", title="Mails that were sent because of you", record=Mail,
             category="account", by="member_id", others=("address", "subject"), fate=Fate.GONE,
             of_account=True),
        Kind(name="consents", title="Consents you gave or withdrew", record=Consent,
             category="account", by="member_id", fate=Fate.GONE, of_account=True),
        Kind(name="deletion", title="Your deletion, asked for and not done yet", record=Deletion,
             category="account", by="member_id", fate=Fate.GONE),
        Kind(name="hold", title="A legal hold on your data", record=Hold,
             category="account", by="member_id", fate=Fate.GONE),
        Kind(name="requests", title="Requests about your data", record=Request,
             category="account", by="subject_id", fate=Fate.BLANKED,
             why_kept="that it was asked and answered in time (GDPR Art. 5(2))"),
        Kind(name="disclosures", title="Releases of your data to authorities and others",
             record=Disclosure, category="account", by="subject_id", fate=Fate.BLANKED,
             why_kept="that it was released, and on which ground (GDPR Art. 6(1)(c))",
             others=("recorded_by",)),
        Kind(name="boards", title="Boards you made", record=Board, category="content",
             by="created_by", shared=True, fate=Fate.PSEUDONYM, why_kept=_THEIRS),
        Kind(name="items", title="Items you made", record=Item, category="content",
             by="created_by", others=("updated_by",), shared=True,
             fate=Fate.PSEUDONYM, why_kept=_THEIRS),
        Kind(name="comments", title="Comments you wrote", record=Comment, category="content",
             by="author_id", fate=Fate.PSEUDONYM, why_kept=_THEIRS),
        Kind(name="conflicts", title="Edits of yours that met somebody else's", record=Conflict,
             category="content", by="member_id", others=("won", "won_by"), fate=Fate.GONE),
        Kind(name="attachments", title="Files and links you attached", record=Attachment,
             category="content", by="created_by", shared=True,
             fate=Fate.PSEUDONYM, why_kept=_THEIRS),
        Kind(name="deeds", title="What you did, for undo and history", record=Deed,
             category="technical", by="actor_id", fate=Fate.PSEUDONYM, why_kept=_THEIRS),
        Kind(name="audit", title="What the audit trail says about you", record=AuditEntry,
             category="technical", by="actor_id", fate=Fate.BLANKED,
             why_kept="security, for 2 years; device and address go at once (policy §5)"),
    )
}  # fmt: skip

ELSEWHERE: Final[dict[str, str]] = {
    "Actor": "is never stored: its device and address go into the audit entry",
    "Organization": "names only who is Data Protection Officer, which an erasure takes out",
    "Step": "is a line in the log of a Request",
    "Present": "is said while somebody is on a board, and written down nowhere",
}
"""Marked types of the model that are no kind of their own, each with its reason."""


@cache
def marks_of(record: type[Struct]) -> dict[str, frozenset[Mark]]:
    """By field name: the marks it carries; a field without any is not there."""
    hints: dict[str, Any] = get_type_hints(record, include_extras=True)
    found = {
        name: frozenset(one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Mark))
        for name, hint in hints.items()
    }
    return {name: marks for name, marks in found.items() if marks}


@cache
def exported_fields(kind: Kind) -> tuple[str, ...]:
    """The fields a person's export holds: all but secrets and what is about others."""
    marks = marks_of(kind.record)
    hidden = {name for name, carried in marks.items() if SECRET in carried} | set(kind.others)
    return tuple(name for name in kind.record.__struct_fields__ if name not in hidden)


@cache
def personal_fields(record: type[Struct]) -> tuple[str, ...]:
    return tuple(name for name, carried in marks_of(record).items() if PERSONAL in carried)


def subject_fields(record: type[Struct]) -> tuple[str, ...]:
    return tuple(name for name, carried in marks_of(record).items() if SUBJECT in carried)
