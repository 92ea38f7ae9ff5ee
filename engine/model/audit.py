"""The names of audited actions, each with the words that history, undo and the audit screen show."""

from typing import Annotated, Final

from msgspec import Struct

from engine.model.marks import PERSONAL, SECRET, SUBJECT
from engine.model.record import JSON

AUDIT_NAMES: Final[dict[str, str]] = {
    "organization.created": "created the organization",
    "organization.renamed": "renamed the organization",
    "member.added": "added a person",
    "member.changed": "edited a person",
    "member.role_changed": "changed a role",
    "board.created": "created a board",
    "board.changed": "edited a board",
    "board.moved": "moved a board",
    "board.archived": "archived a board",
    "board.trashed": "moved a board to the trash",
    "board.restored": "restored a board",
    "board.duplicated": "duplicated a board",
    "board.shared": "shared a board",
    "board.unshared": "stopped sharing a board",
    "board.imported": "imported a board",
    "board.exported": "exported a board",
    "group.added": "added a group",
    "group.changed": "edited a group",
    "group.moved": "moved a group",
    "group.archived": "archived a group",
    "group.trashed": "moved a group to the trash",
    "group.restored": "restored a group",
    "group.duplicated": "duplicated a group",
    "column.added": "added a column",
    "column.changed": "edited a column",
    "column.moved": "moved a column",
    "column.trashed": "removed a column",
    "column.restored": "restored a column",
    "item.added": "added items",
    "item.renamed": "renamed an item",
    "item.changed": "changed values",
    "item.moved": "moved items",
    "item.archived": "archived items",
    "item.trashed": "moved items to the trash",
    "item.restored": "restored items",
    "item.duplicated": "duplicated items",
    "comment.added": "commented",
    "comment.edited": "edited a comment",
    "comment.deleted": "deleted a comment",
    "comment.restored": "restored a comment",
    "attachment.added": "attached a file",
    "attachment.renamed": "renamed an attachment",
    "attachment.deleted": "removed an attachment",
    "attachment.restored": "restored an attachment",
    "view.saved": "saved a view",
    "view.deleted": "deleted a view",
    "trash.purged": "emptied the trash",
    "history.undone": "took back",
    "history.redone": "did again",
    "command.refused": "was refused a change from a device",
    "conflict.dismissed": "put a conflict away",
    "audit.pruned": "let old audit entries go",
    "audit.exported": "exported the audit trail",
    "privacy.exported": "exported their personal data",
    "backup.made": "made a backup",
    "backup.restored": "went back to a backup",
    "privacy.restricted": "restricted their data",
    "privacy.restriction_lifted": "lifted a restriction",
    "consent.changed": "gave or withdrew consent",
    "hold.set": "set a legal hold",
    "hold.lifted": "lifted a legal hold",
    "privacy.disclosed": "recorded a release of personal data",
    "privacy.officer": "appointed the Data Protection Officer",
    "policy.announced": "announced a change of the privacy policy",
    "policy.acknowledged": "read a version of the privacy policy",
    "request.filed": "filed a request about their data",
    "request.changed": "worked on a request",
    "request.purged": "let old requests go",
    "request.reminded": "reminded of a request",
    "request.overdue": "a request was not answered in time",
    "deletion.asked": "asked for the deletion of their account",
    "deletion.cancelled": "cancelled the deletion of their account",
    "deletion.done": "erased a person",
    "organization.exported": "exported the whole organization",
    "organization.closing": "asked for the organization to be closed",
    "organization.kept": "cancelled the closing of the organization",
    "organization.closed": "closed the organization",
    "organization.offline_limited": "changed how long devices may be without contact",
    "organization.arrived": "took the organization to this server",
    "organization.left_server": "took the organization home from its server",
    "system.restored": "noticed that the server came back from a backup",
    "organization.two_factor_required": "changed whether a second factor is required",
    "account.opened": "signed up",
    "account.abandoned": "the address was never confirmed",
    "account.signup_repeated": "somebody signed up with this address again",
    "account.address_asked": "asked for another address",
    "account.address_confirmed": "confirmed their address",
    "account.password_changed": "changed their password",
    "account.reset_asked": "asked for a new password",
    "account.password_reset": "set a new password by mail",
    "session.started": "signed in",
    "session.failed": "somebody failed to sign in",
    "session.ended": "signed out",
    "session.others_ended": "signed out their other devices",
    "session.purged": "let old sessions go",
    "two_factor.started": "switched the second factor on",
    "two_factor.ended": "switched the second factor off",
    "two_factor.recovery_renewed": "made new recovery codes",
    "invitation.sent": "invited somebody",
    "invitation.revoked": "revoked an invitation",
    "invitation.accepted": "accepted an invitation",
    "invitation.purged": "let old invitations go",
    "member.left": "left the organization",
    "member.removed": "removed a member",
    "member.handed_over": "handed the organization over",
    "membership.added": "joined an organization",
    "membership.ended": "left an organization",
    "api_key.made": "made an API key",
    "api_key.revoked": "revoked an API key",
    "webhook.made": "made a webhook",
    "webhook.changed": "edited a webhook",
    "webhook.removed": "removed a webhook",
    "webhook.secret_changed": "changed the secret of a webhook",
    "webhook.sent_again": "had a webhook called again",
    "webhook.disabled": "a webhook that failed was switched off",
    "webhook.purged": "let old lines on webhooks go",
    "mail.purged": "let old mails go",
    "limit.reached": "a limit was reached",
    "system.opened": "system access",
}


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One link of an organization's chain. `sealed` (device, address) may have been erased since."""

    number: int
    seq: int
    command_id: str
    name: str
    at: int
    actor_id: Annotated[str, SUBJECT]
    detail: dict[str, JSON]
    sealed: Annotated[dict[str, JSON] | None, PERSONAL]
    salt: Annotated[bytes | None, SECRET]
    sealed_hash: Annotated[bytes, SECRET]
    hash: Annotated[bytes, SECRET]


class AuditVerdict(Struct, frozen=True, kw_only=True):
    """What checking a chain found. `bad_number` names the first entry that is wrong; None if all are right."""

    checked: int
    bad_number: int | None = None
    reason: str = ""
