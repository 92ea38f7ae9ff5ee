"""Deletion of an account: grace, cancelling, and an erasure that leaves no byte of the person (C22, C29, C48)."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from engine.api import Acting, Engine
from engine.commands.comments import AddComment
from engine.commands.consents import SetConsent
from engine.commands.deletion import AskDeletion, CancelDeletion, EraseMembers
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from engine.commands.members import EditPerson, SetRole
from engine.commands.requests import FileRequest
from engine.commands.views import SetPreference
from engine.errors import Damaged, Forbidden, Invalid, NotFound, Refused
from engine.model.actor import Actor, Role
from engine.model.organization import Member
from engine.privacy.erasure import pseudonym
from engine.privacy.inventory import Fate
from engine.queries.audit import AuditChain
from engine.queries.home import People
from engine.queries.item_detail import ItemDetail
from engine.queries.rights import DeletionPreview, MyRights
from engine.retaining import begin_again, run_retention
from engine.store.sqlite import unlocked
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import KEY, Ticking, new_database, new_organization
from tests.engine.members import add_account
from tests.policy.bytes_of import decrypted_file, stored_bytes
from tests.policy.conftest import another_owner, later

NAME, EMAIL, DEVICE, ADDRESS = (
    "Canary Person",
    "canary@example.org",
    "canary-laptop",
    "203.0.113.77",
)
CANARIES = (NAME, EMAIL, DEVICE, ADDRESS, "canary wish", "canary setting")


async def canary(owner: Acting, role: Role = Role.MEMBER) -> tuple[Acting, Sample]:
    """Somebody with every kind of personal data, who has worked on a board of the organization."""
    board = await sample_board(owner, items=1)
    person = Member(id="c" * 26, name="Somebody", role=role, account=True)
    await add_account(owner, person)
    theirs = owner.engine.acting_as(
        Actor(
            organization_id=owner.actor.organization_id, user_id=person.id, device=DEVICE,
            address=ADDRESS,
        )
    )  # fmt: skip
    await theirs.execute(EditPerson(member_id=person.id, name=NAME, email=EMAIL))
    await theirs.execute(
        AddItems(group_id=board.groups[0], items=(NewItem(id="i" * 26, name="Made"),))
    )
    await theirs.execute(AddComment(item_id="i" * 26, body="said by them"))
    await theirs.execute(SetPreference(name="favourites", value=["canary setting"]))
    await theirs.execute(SetConsent(purpose="marketing", given=True, source="app"))
    await theirs.execute(FileRequest(request_kind="other", text="canary wish"))
    people = board.columns["people"]
    await owner.execute(SetValues(item_ids=(board.items[0],), values={people: [person.id]}))
    return theirs, board


async def erased(owner: Acting) -> tuple[Acting, Sample]:
    theirs, board = await canary(owner)
    await theirs.execute(AskDeletion(confirm=NAME))
    later(owner, 7.1)
    await run_retention(owner)
    return theirs, board


async def test_c29_deletion_wants_the_name_typed_and_waits_seven_days(acting: Acting) -> None:
    theirs, _ = await canary(acting)
    with pytest.raises(Invalid, match="Type your name"):
        await theirs.execute(AskDeletion(confirm="yes"))
    await theirs.execute(AskDeletion(confirm=NAME))
    rights = await theirs.query(MyRights())
    assert rights.deletion_due_at > 0
    later(acting, 6.9)
    await run_retention(acting)
    assert (await theirs.query(MyRights())).name == NAME
    with pytest.raises(Refused, match="not over"):
        await acting.execute(EraseMembers(member_ids=(theirs.actor.user_id,)))


async def test_c29_it_can_be_cancelled_until_it_is_done(acting: Acting) -> None:
    theirs, _ = await canary(acting)
    await theirs.execute(AskDeletion(confirm=NAME))
    with pytest.raises(Refused, match="already"):
        await theirs.execute(AskDeletion(confirm=NAME))
    await theirs.execute(CancelDeletion())
    later(acting, 30)
    await run_retention(acting)
    rights = await theirs.query(MyRights())
    assert (rights.name, rights.deletion_due_at) == (NAME, 0)
    with pytest.raises(NotFound):
        await theirs.execute(CancelDeletion())


async def test_c29_after_the_grace_no_byte_of_the_person_is_left(acting: Acting) -> None:
    theirs, _ = await canary(acting)
    before = await stored_bytes(acting)
    assert all(word.encode() in before for word in CANARIES)
    await theirs.execute(AskDeletion(confirm=NAME))
    later(acting, 7.1)
    await run_retention(acting)
    after = await stored_bytes(acting)
    assert [word for word in CANARIES if word.encode() in after] == []
    assert (await acting.verify_audit()).bad_number is None


async def test_c29_the_account_is_no_more(acting: Acting) -> None:
    theirs, _ = await erased(acting)
    with pytest.raises(Forbidden):
        await theirs.query(MyRights())
    with pytest.raises(Forbidden):
        await theirs.execute(RenameItem(item_id="i" * 26, name="x"))
    gone = next(m for m in await acting.query(People()) if m.id == theirs.actor.user_id)
    assert gone.erased_at and not gone.account and gone.role is Role.GUEST


async def test_c29_content_stays_under_a_pseudonym_of_this_organization(acting: Acting) -> None:
    theirs, board = await erased(acting)
    name = pseudonym(acting.actor.organization_id, theirs.actor.user_id)
    assert name.startswith("Former member ") and len(name) == len("Former member 7f3a")
    made = await acting.query(ItemDetail(item_id="i" * 26))
    assert made.item.name == "Made"
    assert [comment.body for comment in made.comments] == ["said by them"]
    named = await acting.query(ItemDetail(item_id=board.items[0]))
    assert named.item.values[board.columns["people"]] == [theirs.actor.user_id]
    people = {member.id: member.name for member in await acting.query(People())}
    assert people[theirs.actor.user_id] == name
    assert pseudonym("another organization", theirs.actor.user_id) != name


async def test_c29_an_only_owner_must_hand_over_first(acting: Acting) -> None:
    rights = await acting.query(MyRights())
    assert rights.is_only_owner
    with pytest.raises(Refused, match="only owner of “Home”"):
        await acting.execute(AskDeletion(confirm=rights.name))
    await another_owner(acting)
    await acting.execute(AskDeletion(confirm=rights.name))


async def test_c29_who_became_the_only_owner_during_the_grace_stays(acting: Acting) -> None:
    second = await another_owner(acting)
    await second.execute(AskDeletion(confirm="Second owner"))
    await second.execute(SetRole(member_id=acting.actor.user_id, role=Role.MEMBER))
    later(acting, 8)
    await run_retention(second)
    assert (await second.query(MyRights())).name == "Second owner"


async def test_c48_the_preview_says_of_each_kind_what_becomes_of_it_and_why(acting: Acting) -> None:
    theirs, _ = await canary(acting)
    preview = {one.kind: one for one in await theirs.query(DeletionPreview())}
    assert preview["profile"].count == preview["settings"].count == preview["requests"].count == 1
    assert preview["settings"].fate is Fate.GONE
    assert preview["comments"].fate is Fate.PSEUDONYM and preview["comments"].count == 1
    assert "2 years" in preview["audit"].why_kept
    assert all(one.why_kept for one in preview.values() if one.fate is not Fate.GONE)
    assert (await theirs.query(MyRights())).name == NAME


async def test_c11_each_step_is_in_the_audit_trail_once_and_without_a_name(acting: Acting) -> None:
    theirs, _ = await canary(acting)
    await theirs.execute(AskDeletion(confirm=NAME))
    await theirs.execute(CancelDeletion())
    await theirs.execute(AskDeletion(confirm=NAME))
    later(acting, 8)
    await run_retention(acting)
    chain = await acting.query(AuditChain())
    told = [entry.name for entry in chain]
    assert told.count("deletion.asked") == 2
    assert told.count("deletion.cancelled") == told.count("deletion.done") == 1
    done = next(entry for entry in chain if entry.name == "deletion.done")
    assert theirs.actor.user_id in str(done.detail) and NAME not in str(done.detail)


async def test_c29_a_second_run_has_nothing_to_do(acting: Acting) -> None:
    await erased(acting)
    before = await acting.query(AuditChain())
    await run_retention(acting)
    assert await acting.query(AuditChain()) == before


# -- copies of older days ---------------------------------------------------------------------------


async def in_a_file(folder: Path, template: Path) -> Acting:
    shutil.copy(template, folder / "workspace.db")
    engine = await Engine.open_workspace(folder, KEY, clock=Ticking(), utc_offset=lambda: 0)
    return await new_organization(engine)


async def test_c22_an_older_copy_of_the_file_does_not_bring_the_person_back(
    tmp_path: Path, template_file: Path
) -> None:
    owner = await in_a_file(tmp_path, template_file)
    theirs, _ = await canary(owner)
    await owner.engine._session.database.forget_old_pages()
    shutil.copy(tmp_path / "workspace.db", tmp_path / "older.db")
    await theirs.execute(AskDeletion(confirm=NAME))
    later(owner, 8)
    await run_retention(owner)
    await owner.engine.close()
    shutil.copy(tmp_path / "older.db", tmp_path / "workspace.db")
    (tmp_path / "older.db").unlink()
    assert NAME.encode() in decrypted_file(tmp_path / "workspace.db")

    engine = await Engine.open_workspace(tmp_path, KEY, clock=Ticking(), utc_offset=lambda: 0)
    again = engine.acting_as(owner.actor)
    await run_retention(again)
    after = await stored_bytes(again)
    assert [word for word in CANARIES if word.encode() in after] == []
    assert (await again.verify_audit()).bad_number is None
    await engine.close()


async def test_what_another_program_was_reading_is_forgotten_by_the_next_run(
    tmp_path: Path, template_file: Path
) -> None:
    owner = await in_a_file(tmp_path, template_file)
    theirs, _ = await canary(owner)
    await theirs.execute(AskDeletion(confirm=NAME))
    later(owner, 8)
    with closing(unlocked(tmp_path / "workspace.db", KEY)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM member").fetchall()
        await run_retention(owner)
        assert not await owner.engine.forget_old_pages()
    await run_retention(owner)
    assert NAME.encode() not in decrypted_file(tmp_path / "workspace.db")
    await owner.engine.close()


async def test_c22_the_list_of_the_erased_names_nobody_and_is_written_before_the_erasure(
    acting: Acting,
) -> None:
    theirs, _ = await erased(acting)
    path = acting.engine.ledger.path
    assert len(acting.engine.ledger.lines()) == 1
    assert theirs.actor.user_id.encode() not in path.read_bytes()
    path.unlink()
    path.mkdir()  # nothing can be written there: then nobody is erased
    second = await another_owner(acting)
    await second.execute(AskDeletion(confirm="Second owner"))
    later(acting, 8)
    with pytest.raises(OSError):
        await run_retention(acting)
    assert (await second.query(MyRights())).name == "Second owner"


async def test_c22_a_server_that_is_restored_erases_again_whom_another_machine_erased(
    tmp_path: Path,
) -> None:
    """The two share the database and the attachments, and nothing else."""
    url = new_database()
    here, there = [
        await Engine.open_postgres(
            url, tmp_path / name / "files", KEY, files=str(tmp_path / "shared"), clock=Ticking()
        )
        for name in ("here", "there")
    ]  # fmt: skip
    owner = await new_organization(here)
    theirs, _ = await canary(owner)
    organization, member = owner.actor.organization_id, theirs.actor.user_id
    here.ledger.add(organization, [member], here.now())  # and then the backup brought them back
    await begin_again(there)
    people = await there.acting_as(owner.actor).query(People())
    assert [bool(one.erased_at) for one in people if one.id == member] == [True]
    for engine in (here, there):
        await engine.close()


async def test_c22_a_damaged_list_of_the_erased_stops_the_run_with_a_sentence(
    acting: Acting,
) -> None:
    await erased(acting)
    path = acting.engine.ledger.path
    whole = path.read_bytes()
    path.write_bytes(
        whole + b'{"at": 1, "wh'
    )  # a crash while it was written: nothing was erased yet
    assert len(acting.engine.ledger.lines()) == 1
    acting.engine.ledger.add("o", ["m"], 1)
    with pytest.raises(Damaged, match="list of who was erased"):
        await run_retention(acting)
