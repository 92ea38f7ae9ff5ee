"""Two organizations in one store: nothing of the one is shown to, or changed by, the other."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.accounts import AskReset, ConfirmAddress, OpenAccount
from engine.commands.api_keys import MakeApiKey
from engine.commands.attachments import AttachLink
from engine.commands.comments import AddComment
from engine.commands.consents import SetConsent
from engine.commands.disclosures import RecordDisclosure
from engine.commands.everything import ALL_COMMANDS
from engine.commands.holds import SetHold
from engine.commands.importing import ImportPart
from engine.commands.invitations import Invite
from engine.commands.items import RenameItem
from engine.commands.membership import JoinedOrganization
from engine.commands.registry import Command
from engine.commands.requests import FileRequest
from engine.commands.sessions import SignIn
from engine.commands.views import SaveView
from engine.commands.webhooks import MakeWebhook
from engine.errors import ConneqtError, NotFound
from engine.model.actor import Actor, Role, Scope
from engine.model.conflict import Conflict
from engine.queries.everything import ALL_QUERIES
from engine.queries.history import UndoState
from engine.queries.registry import Query
from engine.store.tables import SYSTEM_TABLES, TENANT_TABLES, metadata
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import new_organization
from tests.engine.foreign import filled, for_import, ids_of
from tests.engine.members import add_record
from tests.engine.state import state_of


async def _secrets(engine: Engine) -> tuple[Acting, Sample]:
    """An organization with one record of every kind, all called secret."""
    acting = await new_organization(engine, name="Secret organization")
    board = await sample_board(acting, items=2, name="secret board")
    await acting.execute(
        AddComment(item_id=board.items[0], body="secret comment"),
        AttachLink(item_id=board.items[0], url="https://example.org/secret"),
        SaveView(board_id=board.board, name="secret view"),
        FileRequest(request_kind="other", text="secret request"),
        SetConsent(purpose="marketing", given=True),
        SetHold(member_id=acting.actor.user_id, reason="secret reason"),
        RecordDisclosure(
            member_id=acting.actor.user_id, recipient="secret", ground="secret", what="secret"
        ),
        MakeWebhook(
            webhook_id=new_id(), name="secret", url="https://secret.example.org", secret_id="secret"
        ),
        Invite(email="secret@example.org", role=Role.MEMBER, token="secret token"),
        MakeApiKey(
            key_id=new_id(),
            name="secret key",
            prefix=new_id()[-8:],
            secret_hash="secret",
            scope=Scope.READ,
        ),
    )
    await _account(acting)
    conflict = Conflict(
        id=new_id(), member_id=acting.actor.user_id, board_id=board.board, item_id=board.items[0],
        entity="item", entity_id=board.items[0], field="name", lost="secret", won="secret",
    )  # fmt: skip
    await add_record(acting, conflict)
    await acting.execute(RenameItem(item_id=board.items[0], name="secret item"))
    return acting, board


async def _account(acting: Acting) -> None:
    """Sign-up makes an account in a tenant of its own; here it stands in the same one, with all it has."""
    tenant, owner = acting.actor.organization_id, acting.actor.user_id
    opening = OpenAccount(
        email=f"secret{tenant}@example.org", color="red", password_hash="secret", token="secret code", over_16=True,
        policy_version="1",
    )  # fmt: skip
    await acting.execute(opening)
    system = acting.engine.as_system(tenant, device="secret device")
    await system.execute(
        ConfirmAddress(token="secret code"),
        SignIn(session_id=new_id(), token="secret session"),
        AskReset(token="secret reset"),
        JoinedOrganization(organization_id=new_id(), member_id=owner),
    )


async def test_no_command_reaches_into_another_organization(engine: Engine) -> None:
    theirs, _ = await _secrets(engine)
    mine = await new_organization(engine)
    await sample_board(mine, items=1)
    gesture = (await theirs.query(UndoState())).undo
    assert gesture is not None
    before = await state_of(theirs)
    ids = ids_of(before)
    for kind in ALL_COMMANDS:
        command: Command = filled(kind, ids, gesture.gesture)
        if isinstance(command, ImportPart):
            command = msgspec.structs.replace(command, **for_import(ids))
        mine_before = await state_of(mine)
        try:
            await mine.execute(command)
        except ConneqtError:
            assert await state_of(mine) == mine_before, kind.__name__
        assert await state_of(theirs) == before, kind.__name__


async def test_no_query_shows_anything_of_another_organization(engine: Engine) -> None:
    theirs, board = await _secrets(engine)
    mine = await new_organization(engine)
    await sample_board(mine, items=1)
    ids = ids_of(await state_of(theirs))
    hidden = {*ids.values(), *board.items, theirs.actor.organization_id, theirs.actor.user_id}
    for kind in ALL_QUERIES:
        query: Query[Any] = filled(kind, ids, "none")
        try:
            answer = repr(await mine.query(query))
        except ConneqtError as error:
            answer = str(error).replace(ids["board"], "").replace(ids["item"], "")
            for id in ids.values():
                answer = answer.replace(f"“{id}”", "")  # the id that was asked for may be repeated
        assert "secret" not in answer.casefold(), kind.__name__
        assert not [id for id in hidden if id in answer], kind.__name__


async def test_what_belongs_to_others_looks_like_what_does_not_exist(engine: Engine) -> None:
    _theirs, board = await _secrets(engine)
    mine = await new_organization(engine)
    with pytest.raises(NotFound) as hidden:
        await mine.execute(RenameItem(item_id=board.items[0], name="x"))
    with pytest.raises(NotFound) as missing:
        await mine.execute(RenameItem(item_id="0" * 26, name="x"))
    assert str(hidden.value).replace(board.items[0], "") == str(missing.value).replace("0" * 26, "")


async def test_a_user_of_one_organization_is_nobody_in_another(engine: Engine) -> None:
    theirs, board = await _secrets(engine)
    mine = await new_organization(engine)
    intruder = engine.acting_as(
        Actor(organization_id=theirs.actor.organization_id, user_id=mine.actor.user_id)
    )
    with pytest.raises(ConneqtError):
        await intruder.execute(RenameItem(item_id=board.items[0], name="x"))
    with pytest.raises(ConneqtError):
        await intruder.query(filled(ALL_QUERIES[0], ids_of(await state_of(theirs)), "none"))


async def test_a_statement_that_forgets_the_organization_writes_nothing_of_others(
    engine: Engine,
) -> None:
    """The third lock: triggers on SQLite, row-level security on PostgreSQL."""
    theirs, _ = await _secrets(engine)
    mine = await new_organization(engine)
    before = await state_of(theirs)

    def forget(connection: Connection) -> None:
        connection.execute(text("UPDATE item SET name = 'taken over'"))
        connection.execute(text("DELETE FROM comment"))

    try:
        async with mine._session.database.writing(mine.actor.organization_id) as transaction:
            await transaction.run_sync(forget)
    except DBAPIError as error:
        assert "another organization" in str(error)
    assert await state_of(theirs) == before


def test_every_key_starts_with_the_organization() -> None:
    for table in TENANT_TABLES:
        assert next(iter(table.primary_key.columns)).name == "organization_id", table.name
        for index in table.indexes:
            assert next(iter(index.columns)).name == "organization_id", index.name
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "organization_id", key.name
    assert set(metadata.tables.values()) == {*TENANT_TABLES, *SYSTEM_TABLES}
    assert {table.name for table in SYSTEM_TABLES} == {
        "directory",
        "rate_limit",
        "tally",
        "key_check",
        "job",
    }
