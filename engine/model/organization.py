"""The tenant, and its members."""

from typing import Annotated

from engine.model.actor import Role
from engine.model.marks import PERSONAL, SUBJECT
from engine.model.record import JSON, Record


class Organization(Record, frozen=True, kw_only=True):
    """Members, boards, billing and audit trail belong to exactly one; `id` is the organization's own id.
    `closing_at` is when it will be gone, 0 where nobody has asked for that. Where `two_factor` is required, only
    who has a second factor gets in. `dpo_id` is the member who answers requests about personal data beside the
    owners and admins, "" for nobody. A device that had no contact with the server for `offline_days` drops what
    it holds; 0 for never."""

    name: str
    created_at: int
    closing_at: int = 0
    two_factor: bool = False
    dpo_id: Annotated[str, SUBJECT] = ""
    offline_days: int = 0


class Member(Record, frozen=True, kw_only=True):
    """A person of an organization. `id` is theirs in this organization only, so that it says nothing elsewhere
    once they are erased. Without an account (`account=False`) they are only a name that imported content
    mentions: they can be picked in a people column, but cannot act. Since `restricted_at` their data is kept
    but not processed (Art. 18); since `erased_at` the name is a pseudonym (Art. 17); 0 where neither is so.
    `account_id` is the account that signs in as this member, "" for the owner of a local workspace."""

    id: Annotated[str, SUBJECT]
    name: Annotated[str, PERSONAL]
    email: Annotated[str, PERSONAL] = ""
    color: Annotated[str, PERSONAL] = "blue"
    role: Role = Role.VIEWER
    account: bool = True
    created_at: int = 0
    restricted_at: int = 0
    erased_at: int = 0
    account_id: Annotated[str, PERSONAL] = ""


class Preference(Record, frozen=True, kw_only=True):
    """One setting of one member (favourites, recent boards, keys, …), by name. `id` is `<member>:<name>`."""

    member_id: Annotated[str, SUBJECT]
    name: str
    value: JSON = None
