"""/api/me, /api/members, /api/audit: who the caller is, who else is there, and what was done."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from engine.api import Acting
from engine.model.actor import Scope
from engine.queries.audit import AuditTrail
from engine.queries.home import WhoAmI
from engine.queries.members import Members
from sync.server.api import shapes


class Me(Struct, frozen=True, kw_only=True):
    organization_id: str
    organization: str
    member: shapes.MemberShown
    scope: Scope


class MemberList(Struct, frozen=True, kw_only=True):
    members: list[shapes.MemberShown]


class Entry(Struct, frozen=True, kw_only=True):
    number: int
    at: int
    name: str
    words: str
    actor_id: str
    actor: str
    device: str
    address: str
    targets: list[str]


class AuditPage(shapes.Page, frozen=True, kw_only=True):
    entries: list[Entry]


class PeopleApi(Controller):
    path = "/api"
    tags = ["people"]

    @get("/me", name="me")
    async def me(self, acting: NamedDependency[Acting]) -> Me:
        organization, member = await acting.query(WhoAmI())
        return Me(
            organization_id=organization.id, organization=organization.name,
            member=shapes.member(member), scope=acting.actor.scope,
        )  # fmt: skip

    @get("/members", name="members.list")
    async def list_members(self, acting: NamedDependency[Acting]) -> MemberList:
        found = await acting.query(Members())
        return MemberList(members=[shapes.member(one) for one in (*found.members, *found.names)])

    @get("/audit", name="audit.list")
    async def audit(
        self, acting: NamedDependency[Acting], limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
        cursor: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
        words: Annotated[str, QueryParameter(max_length=500)] = "",
    ) -> AuditPage:  # fmt: skip
        """The newest first, for owners and admins."""
        lines = await acting.query(AuditTrail(words=words, before=cursor, limit=limit))
        entries = [
            Entry(
                number=one.number, at=one.at, name=one.name, words=one.words, actor_id=one.actor_id,
                actor=one.actor, device=one.device, address=one.address, targets=list(one.targets),
            )
            for one in lines
        ]  # fmt: skip
        more = len(entries) == limit and entries[-1].number > 1
        return AuditPage(entries=entries, next=str(entries[-1].number) if more else "")
