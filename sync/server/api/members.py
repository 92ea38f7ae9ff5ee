"""/api/members: who belongs to the organization, in which role, and whose membership ends."""

from litestar import Controller, Response, delete, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from engine.api import Acting
from engine.commands.members import SetRole
from engine.commands.membership import RemoveMember
from engine.model.actor import Role
from engine.model.organization import Member
from engine.queries.home import People
from engine.queries.pages import PageOfMembers
from sync.server.api import shapes
from sync.server.api.calling import etag, expected
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import VERSIONED, Cursor, Id, IfMatch, Limit


class MemberChange(Struct, frozen=True, kw_only=True):
    role: Role


class MembersApi(Controller):
    path = "/api/members"
    tags = ["people"]

    @get(name="members.list")
    async def list_members(
        self, acting: NamedDependency[Acting], limit: Limit = 100, cursor: Cursor = ""
    ) -> shapes.MemberPage:
        """In no order that says anything."""
        after = key_in(acting, cursor, "members")
        page = await acting.query(PageOfMembers(after=after, limit=limit))
        return shapes.MemberPage(
            members=[shapes.member(one) for one in page.found],
            next=next_cursor(acting, page.next, "members"),
        )

    @patch("/{member_id:str}", name="members.edit", response_headers=VERSIONED)
    async def change_role(
        self, acting: NamedDependency[Acting], member_id: Id, data: JSONBody[MemberChange],
        if_match: IfMatch = None,
    ) -> Response[shapes.MemberShown]:  # fmt: skip
        """For owners and admins; only owners make and unmake owners."""
        command = SetRole(member_id=member_id, role=data.role)
        await acting.execute(command, expected=expected(if_match, Member, member_id))
        people = await acting.query(People())
        found = next(one for one in people if one.id == member_id)
        return Response(shapes.member(found), headers=etag(found.seq))

    @delete("/{member_id:str}", name="members.remove")
    async def remove_member(
        self, acting: NamedDependency[Acting], member_id: Id, if_match: IfMatch = None
    ) -> None:
        """For owners and admins. Keys and webhooks of the person end at once; what they wrote stays."""
        seen = expected(if_match, Member, member_id)
        await acting.execute(RemoveMember(member_id=member_id), expected=seen)
