"""The tenant, and its members."""

from typing import Annotated

from engine.model.actor import Role
from engine.model.marks import PERSONAL, SUBJECT
from engine.model.record import JSON, Record


class Organization(Record, frozen=True, kw_only=True):
    """Members, boards, billing and audit trail belong to exactly one; `id` is the organization's own id."""

    name: str
    created_at: int


class Member(Record, frozen=True, kw_only=True):
    """A person of an organization; `id` is the user's id. Without an account (`account=False`) they are
    only a name that imported content mentions: they can be picked in a people column, but cannot act."""

    id: Annotated[str, SUBJECT]
    name: Annotated[str, PERSONAL]
    email: Annotated[str, PERSONAL] = ""
    color: Annotated[str, PERSONAL] = "blue"
    role: Role = Role.VIEWER
    account: bool = True
    created_at: int = 0


class Preference(Record, frozen=True, kw_only=True):
    """One setting of one member (favourites, recent boards, keys, …), by name. `id` is `<member>:<name>`."""

    member_id: Annotated[str, SUBJECT]
    name: str
    value: JSON = None
