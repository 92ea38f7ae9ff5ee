"""/api/me, /api/audit: who the caller is, and what was done by whom."""

from litestar import Controller, get
from litestar.di import NamedDependency
from msgspec import Struct

from engine.api import Acting
from engine.model.actor import Scope
from engine.queries.audit import AuditTrail
from engine.queries.home import WhoAmI
from sync.server.api import shapes
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import Cursor, Limit, Words


class Me(Struct, frozen=True, kw_only=True):
    organization_id: str
    organization: str
    member: shapes.MemberShown
    scope: Scope


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

    @get("/audit", name="audit.list")
    async def audit(
        self, acting: NamedDependency[Acting], limit: Limit = 100, cursor: Cursor = "", words: Words = ""
    ) -> AuditPage:  # fmt: skip
        """The newest first, for owners and admins."""
        (before,) = key_in(acting, cursor, "audit", words) or (0,)
        lines = await acting.query(AuditTrail(words=words, before=int(before), limit=limit))
        entries = [
            Entry(
                number=one.number, at=one.at, name=one.name, words=one.words, actor_id=one.actor_id,
                actor=one.actor, device=one.device, address=one.address, targets=list(one.targets),
            )
            for one in lines
        ]  # fmt: skip
        more = len(entries) == limit and entries[-1].number > 1
        key = (entries[-1].number,) if more else None
        return AuditPage(entries=entries, next=next_cursor(acting, key, "audit", words))
