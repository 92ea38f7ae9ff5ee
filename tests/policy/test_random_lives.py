"""Random lives in an organization: people join, write, ask, leave, think again, are erased, and older copies of the
file are put back; they make keys, quit, and are invited again. Whatever the order: of the erased no byte is left, of the others nothing is lost, and nobody's
own records tell what is private of somebody else."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.api_keys import MakeApiKey
from engine.commands.comments import AddComment
from engine.commands.consents import SetConsent
from engine.commands.deletion import AskDeletion, CancelDeletion
from engine.commands.invitations import Invite
from engine.commands.items import AddItems, NewItem
from engine.commands.members import EditPerson
from engine.commands.membership import LeaveOrganization
from engine.commands.requests import FileRequest
from engine.commands.restriction import LiftRestriction, RestrictProcessing
from engine.commands.views import SetPreference
from engine.errors import ConneqtError
from engine.model.actor import Role, Scope
from engine.privacy.inventory import KINDS
from engine.queries.home import People
from engine.queries.privacy import OwnRecords
from engine.retaining import run_retention
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import KEY, Ticking, new_organization
from tests.engine.members import colleague
from tests.policy.bytes_of import stored_bytes
from tests.policy.conftest import later

DEEDS = (
    "join", "write", "write", "ask", "consent", "prefer", "restrict", "lift", "leave", "leave",
    "cancel", "week", "week", "copy", "restore", "come back", "key", "invite", "quit",
)  # fmt: skip
COMING_BACK = ("lift", "copy", "leave", "week", "restore")
"""The way on which somebody who was erased comes back, if nothing stops it."""
LIVES = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3)), min_size=6, max_size=24)


class Town:
    """One workspace file, and the people who ever were in it."""

    def __init__(self, folder: Path, owner: Acting, board: Sample) -> None:
        self.folder, self.owner, self.board = folder, owner, board
        self.people: list[Acting] = []
        self.ever: dict[str, int] = {}
        """The number of everybody who ever joined, by their id."""
        self.gone: set[str] = set()
        self.copies = 0

    @staticmethod
    def canaries(number: int) -> tuple[str, ...]:
        """What only this person's own records may tell, and what must go with them."""
        return tuple(
            f"{what}-canary-{number}-" for what in ("name", "mail", "wish", "taste", "device")
        )

    async def join(self, number: int) -> None:
        at = len(self.ever)
        name, mail, _, _, device = self.canaries(at)
        person = await colleague(self.owner, name, device=device)
        self.ever[person.actor.user_id] = at
        address = f"{mail}@example.org"
        await person.execute(EditPerson(member_id=person.actor.user_id, email=address))
        self.people.append(person)

    async def do(self, deed: str, number: int) -> None:
        if deed == "join" or not self.people:
            await self.join(number)
            return
        if deed == "come back":
            for step in COMING_BACK:
                await self.do(step, number)
            return
        person = self.people[number % len(self.people)]
        try:
            await self._do(deed, self.ever[person.actor.user_id], person)
        except ConneqtError as error:  # restricted, gone, asked already: said in a sentence
            assert str(error)

    async def _do(self, deed: str, at: int, person: Acting) -> None:
        name, mail, wish, taste, _ = self.canaries(at)
        if deed == "write":
            item = NewItem(name=f"Work {at}")
            await person.execute(AddItems(group_id=self.board.groups[0], items=(item,)))
            await person.execute(AddComment(item_id=item.id, body="done"))
        elif deed == "ask":
            await person.execute(FileRequest(request_kind="other", text=wish))
        elif deed == "consent":
            await person.execute(SetConsent(purpose="marketing", given=True, source="app"))
        elif deed == "prefer":
            await person.execute(SetPreference(name="favourites", value=taste))
        elif deed == "restrict":
            await person.execute(RestrictProcessing())
        elif deed == "lift":
            await person.execute(LiftRestriction())
        elif deed == "leave":
            await person.execute(AskDeletion(confirm=name))
        elif deed == "cancel":
            await person.execute(CancelDeletion())
        elif deed == "key":
            prefix = new_id()[-8:]
            await person.execute(
                MakeApiKey(
                    key_id=new_id(), name=taste, prefix=prefix, secret_hash="x", scope=Scope.READ
                )
            )
        elif deed == "invite" and person.actor.user_id not in self.gone:
            # refused to a member: only who has left is invited again
            email = f"{mail}@example.org"
            await self.owner.execute(Invite(email=email, role=Role.MEMBER, token=new_id()))
        elif deed == "quit":
            await person.execute(LeaveOrganization())
        elif deed == "week":
            later(self.owner, 7.5)
            await self.retain()
        elif deed == "copy":
            await self.owner.engine.forget_old_pages()
            shutil.copy(self.folder / "workspace.db", self.folder.parent / "older.db")
            self.copies = len(self.people)
        elif deed == "restore" and self.copies:
            await self.restore()

    async def restore(self) -> None:
        """Put the older copy in the place of the file, as somebody might by hand."""
        clock = self.owner.engine._session.clock
        await self.owner.engine.close()
        shutil.copy(self.folder.parent / "older.db", self.folder / "workspace.db")
        engine = await Engine.open_workspace(self.folder, KEY, clock=clock, utc_offset=lambda: 0)
        self.owner = engine.acting_as(self.owner.actor)
        del self.people[self.copies :]
        self.people = [engine.acting_as(person.actor) for person in self.people]
        await self.retain()

    async def retain(self) -> None:
        await run_retention(self.owner)
        self.gone |= {one.id for one in await self.owner.query(People()) if one.erased_at}


async def live(folder: Path, template: Path, life: list[tuple[str, int]]) -> None:
    work = folder / "work"
    work.mkdir()
    shutil.copy(template, work / "workspace.db")
    engine = await Engine.open_workspace(work, KEY, clock=Ticking(), utc_offset=lambda: 0)
    owner = await new_organization(engine)
    town = Town(work, owner, await sample_board(owner, items=1))
    for deed, number in life:
        await town.do(deed, number)
    await town.retain()
    await check(town)
    await town.owner.engine.close()


async def check(town: Town) -> None:
    whole = await stored_bytes(town.owner)
    outside = {one.id for one in await town.owner.query(People()) if not one.account}
    for id in town.gone:
        at = town.ever[id]
        assert [word for word in town.canaries(at) if word.encode() in whole] == [], at
    for person in town.people:
        at = town.ever[person.actor.user_id]
        if person.actor.user_id in town.gone:
            continue
        assert town.canaries(at)[0].encode() in whole
        if person.actor.user_id in outside:
            continue
        own = await everything_of(person)
        assert town.canaries(at)[0] in own
        others = (word for n in town.ever.values() if n != at for word in town.canaries(n))
        assert [word for word in others if word in own] == [], at
    assert (await town.owner.verify_audit()).bad_number is None


async def everything_of(person: Acting) -> str:
    pages = [await person.query(OwnRecords(data_kind=kind)) for kind in KINDS]
    return repr([page.records for page in pages])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(life=LIVES)
def test_whatever_order_people_live_in(life: list[tuple[str, int]], template_file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder), template_file, life))
