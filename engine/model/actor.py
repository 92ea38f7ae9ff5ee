"""Who acts: the user, for which organization, from which device and address."""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from engine.model.marks import PERSONAL, SUBJECT


class Role(StrEnum):
    """What a member may do in an organization. A later role in this list may do all that an earlier one may."""

    GUEST = "guest"
    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def covers(self, needed: "Role") -> bool:
        return self.rank >= needed.rank


class Scope(StrEnum):
    """How far an actor who comes by an API key reaches; never further than the member whose key it is. A
    later one covers an earlier one."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class Actor(Struct, frozen=True, kw_only=True):
    """The role is not here: it is read from the member's row inside each transaction, so a change acts at once."""

    organization_id: str
    user_id: Annotated[str, SUBJECT]
    device: Annotated[str, PERSONAL] = ""
    address: Annotated[str, PERSONAL] = ""
    scope: Scope = Scope.ADMIN
