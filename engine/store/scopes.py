"""Which kinds of records a device holds, by the scope that says who may read them (sync.md, scope).

What a server alone works with (accounts, keys, mails, requests, the audit trail) is in none: it stays there.
"""

from typing import Final

from engine.model.board import BoardMember, Group
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member, Organization, Preference
from engine.model.record import Record
from engine.model.rights import Consent, Deletion
from engine.model.view import View

KINDS_OF: Final[dict[str, tuple[type[Record], ...]]] = {
    "org": (Organization, Member),
    "user": (Preference, Consent, Deletion),
    "board": (BoardMember, Group, Column, View, Item, Comment, Attachment, Conflict),
}
"""By the word before the colon of a scope. A board's own row is in its scope too."""
