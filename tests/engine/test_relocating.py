"""An organization goes from a device to a server and home again, whole: ids, history and audit trail."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from engine.api import Acting, Engine
from engine.arriving import AT_ONCE, Arrivals, departing, leaving
from engine.authority import Authority
from engine.backing_up import back_up, backups_of
from engine.commands.audit import PruneAudit
from engine.commands.boards import CreateBoard, ShareBoard
from engine.commands.deletion import EraseMembers
from engine.commands.history import Undo
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from engine.commands.requests import FileRequest
from engine.errors import ConneqtError, Forbidden, Invalid, NotFound, Refused
from engine.filing import collect_files
from engine.identity.organizations import accept, invite
from engine.identity.sessions import enter
from engine.model.actor import Role
from engine.model.board import BoardKind
from engine.model.exchange import FileComing
from engine.queries.audit import AuditTrail
from engine.queries.home import Boards, People
from engine.queries.item_detail import ItemDetail
from engine.relocating import begin_taking, bring_home, leave, pack, taken
from engine.retaining import run_retention
from engine.store.files import CHUNK, StoredFile
from engine.store.packed_lines import lines_of, packed_lines
from engine.store.tables import ENTITY_NAMES, TENANT_TABLES, change, stored_file
from engine.store.unlinking import OF_DEVICE, SYNCED
from engine.storing import PART, FileLimits, Receiving, TooLarge
from engine.syncing import Device
from tests.engine.boards import Sample, names
from tests.engine.conftest import KEY
from tests.engine.identity.conftest import quick_hashes
from tests.engine.identity.people import fresh_address, me, signed_up, somewhere
from tests.engine.relocations import (
    arrival,
    at_the_door,
    bring,
    epoch_of,
    send,
    taken_to,
    workspace,
)
from tests.engine.syncing.devices import Laptop, rows_of

__all__ = ["quick_hashes"]

Local = tuple[Acting, Sample]
Lines = list[Any]


@pytest.fixture
async def local(tmp_path: Path, template_file: Path) -> AsyncIterator[Local]:
    acting, board = await workspace(tmp_path, template_file, tmp_path)
    yield acting, board
    await acting.engine.close()


async def trail(acting: Acting) -> list[tuple[int, str]]:
    return [(one.number, one.name) for one in await acting.query(AuditTrail())]


def without_account(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Which account a member has is the server's to know."""
    return {
        id: {name: value for name, value in row.items() if name != "account_id"}
        for id, row in rows.items()
    }


# -- to a server --------------------------------------------------------------------------------


async def test_all_of_it_is_on_the_server_and_the_workspace_is_a_device_of_it(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    before, entries = await rows_of(acting), await trail(acting)
    one = await taken_to(engine, acting)
    after = without_account(await rows_of(one.member))
    changed = {
        id for id in before if {**before[id], "account_id": ""} != {**after[id], "account_id": ""}
    }
    assert changed == {f"member:{acting.actor.user_id}"}  # it has the account's address now
    assert await trail(one.member) == [(len(entries) + 1, "organization.arrived"), *entries]
    assert (await one.member.verify_audit()).bad_number is None
    await one.sync()
    assert without_account(await rows_of(acting)) == after
    assert await names(one.member, board.board) == await names(acting, board.board)
    state = await Device(acting).state()
    assert state is not None and (state.waiting, state.held, state.files) == (0, 0, 1)


async def test_what_was_done_before_can_be_taken_back_on_the_server_and_from_the_device(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    done = await acting.execute(RenameItem(item_id=board.items[4], name="Before"))
    also = await acting.execute(RenameItem(item_id=board.items[0], name="As well"))
    one = await taken_to(engine, acting)
    await one.member.execute(Undo(gesture=done.gesture))
    await one.acting.execute(Undo(gesture=also.gesture))
    await one.sync()
    assert {"Item 5", "Item 1"} <= set(await names(one.member, board.board))
    assert without_account(await rows_of(acting)) == without_account(await rows_of(one.member))


async def test_what_is_given_while_it_is_on_the_way_waits_and_arrives(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    arrivals, signed = await at_the_door(engine)
    file, missing = await begin_taking(acting, "http://server", "")
    assert not missing
    await acting.execute(AddItems(group_id=board.groups[1], items=(NewItem(name="on the way"),)))
    await bring(arrivals, acting, file, await epoch_of(acting))
    await taken(acting, file)
    member = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    one = Laptop(engine=acting.engine, device=Device(acting), acting=acting, remote=Authority(member), member=member)  # fmt: skip
    await one.sync()
    assert "on the way" in await names(member, board.board)
    assert without_account(await rows_of(acting)) == without_account(await rows_of(member))


async def test_attached_files_come_behind_and_are_then_read_there(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    one = await taken_to(engine, acting)
    attachments = (await one.member.query(ItemDetail(item_id=board.items[0]))).attachments
    named = next(one for one in attachments if one.digest)
    pieces = await one.member.read_attachment(named.id)
    with pytest.raises(NotFound):
        await anext(pieces)
    (waiting,) = await one.device.unsent_files()
    receiving = Receiving(one.member, waiting.digest, waiting.size, FileLimits())
    assert not (await receiving.state()).done
    await receiving.take(0, b"the plan" * 1000)
    assert (await receiving.state()).done
    assert b"".join([p async for p in await one.member.read_attachment(named.id)]).startswith(b"the plan")  # fmt: skip


async def test_attached_files_wait_for_their_way_however_long_it_takes(local: Local) -> None:
    acting, _ = local
    await begin_taking(acting, "http://server", "")
    mine = acting.actor.organization_id
    await acting.session.database.write(
        mine, lambda connection: connection.execute(update(stored_file).values(at=0))
    )
    await collect_files(acting)
    assert len(await Device(acting).unsent_files()) == 1


async def test_a_file_that_is_not_here_is_counted_and_keeps_nothing_from_going(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    for digest in list(acting.files.digests()):
        acting.files.remove(digest)
    _, missing = await begin_taking(acting, "http://server", "")
    assert missing == 1
    assert await Device(acting).unsent_files() == []


async def test_colleagues_are_names_until_they_are_invited_and_are_themselves_again_then(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    one = await taken_to(engine, acting)
    names_there = {one.email: one for one in await one.member.query(People())}
    grace = names_there["grace@example.org"]
    assert not grace.account
    code = await invite(one.member, "grace@example.org", Role.MEMBER)
    signed, _, _ = await signed_up(engine, "grace@example.org", name="Grace H.")
    tenant = await accept(engine, somewhere(), signed, code)
    there = await enter(engine, somewhere(), signed, tenant)
    assert (await me(there)).id == grace.id


async def test_asked_again_it_is_answered_the_same_and_nothing_is_doubled(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    arrivals, signed = await at_the_door(engine)
    file, _ = await begin_taking(acting, "http://server", "")
    asked = arrival(acting, file, await epoch_of(acting))
    assert not (await arrivals.find(asked)).here
    await send(arrivals, acting, file)
    first = await arrivals.arrive(asked)
    assert first == await arrivals.arrive(asked) == await arrivals.find(asked)
    assert first.member_id == acting.actor.user_id
    member = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    assert [name for _, name in await trail(member)].count("organization.arrived") == 1


async def test_what_was_there_once_and_went_home_does_not_come_a_second_time(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    arrivals, _ = await at_the_door(engine)
    file, _ = await begin_taking(acting, "http://server", "")
    await bring(arrivals, acting, file, await epoch_of(acting))
    await taken(acting, file)
    await leave(acting)
    again, _ = await begin_taking(acting, "http://server", "")
    with pytest.raises(Refused, match="already"):
        await bring(arrivals, acting, again, await epoch_of(acting))


async def test_of_an_organization_that_is_somebody_elses_nothing_is_told(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    await taken_to(engine, acting)
    stranger, _ = await at_the_door(engine)
    file, _ = await pack(acting)
    for epoch in (await epoch_of(acting), "another"):
        with pytest.raises(Refused, match="cannot take"):
            await bring(stranger, acting, file, epoch)


async def test_a_linked_workspace_is_not_taken_twice(engine: Engine, local: Local) -> None:
    acting, _ = local
    await taken_to(engine, acting)
    with pytest.raises(Refused, match="linked"):
        await begin_taking(acting, "http://other", "")


async def test_a_chain_whose_front_was_let_go_still_verifies_there(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    clock = acting.engine._session.clock
    clock.now += 3 * 366 * 86_400_000  # type: ignore[attr-defined]
    await acting.engine.as_system(acting.actor.organization_id).execute(PruneAudit())
    one = await taken_to(engine, acting)
    verdict = await one.member.verify_audit()
    assert verdict.bad_number is None and verdict.checked > 1


async def test_of_two_processes_that_are_asked_at_once_one_takes_it_and_both_say_so(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    arrivals, signed = await at_the_door(engine)
    file, _ = await begin_taking(acting, "http://server", "")
    asked = arrival(acting, file, await epoch_of(acting))
    await send(arrivals, acting, file)
    answers = await asyncio.gather(*(arrivals.arrive(asked) for _ in range(3)))
    assert {one.member_id for one in answers} == {acting.actor.user_id}
    member = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    assert [name for _, name in await trail(member)].count("organization.arrived") == 1


async def test_from_then_on_the_workspace_holds_what_a_device_holds_and_nothing_else(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    await acting.execute(FileRequest(request_kind="access", text="All of it, please"))
    await taken_to(engine, acting)

    def tables(connection: Any) -> set[str]:
        found = {
            table.name
            for table in TENANT_TABLES
            if connection.execute(select(table).limit(1)).first()
        }
        bodies = select(change.c.entity).where(
            change.c.after.is_not(None) | change.c.before.is_not(None)
        )
        return found | {
            f"change of {name}" for name in connection.execute(bodies.distinct()).scalars()
        }

    mine = acting.actor.organization_id
    held = await acting.session.database.read(mine, tables)
    of_device = {table.name for table in OF_DEVICE}
    known = {f"change of {ENTITY_NAMES[kind]}" for kind in SYNCED}
    assert "item" in held and "change of item" in held
    assert held <= of_device | known


async def test_giving_up_on_the_way_makes_it_a_local_workspace_again_with_nothing_lost(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    await begin_taking(acting, "http://server", "")
    await acting.execute(AddItems(group_id=board.groups[1], items=(NewItem(name="meanwhile"),)))
    assert (await leave(acting)).troubles == ()
    assert "meanwhile" in await names(acting, board.board)
    newest = [name for _, name in await trail(acting)][:2]
    assert newest == ["organization.left_server", "item.added"]
    assert (await acting.verify_audit()).bad_number is None
    assert await Device(acting).state() is None


# -- how much may lie there ---------------------------------------------------------------------


async def sent(arrivals: Arrivals, content: bytes) -> FileComing:
    digest = hashlib.sha256(content).hexdigest()
    return await arrivals.take(digest, len(content), 0, content)


async def begun(arrivals: Arrivals, number: int) -> FileComing:
    """A file of two parts, of which one comes."""
    return await arrivals.take(f"{number:064x}", 2 * PART, 0, bytes(PART))


async def test_of_what_was_sent_whole_and_never_taken_in_only_the_last_lies_there(
    engine: Engine,
) -> None:
    _, _, account = await signed_up(engine)
    arrivals = Arrivals(engine, somewhere(), account)
    for number in range(AT_ONCE + 1):
        assert (await sent(arrivals, b"one of many: %d" % number)).done
    last = hashlib.sha256(b"one of many: %d" % AT_ONCE).hexdigest()
    assert list(account.files.digests()) == [last]


async def test_what_lies_there_whole_counts_with_what_is_on_its_way(engine: Engine) -> None:
    arrivals, _ = await at_the_door(engine)
    await sent(arrivals, b"whole")
    for number in range(AT_ONCE - 1):
        assert not (await begun(arrivals, number)).done
    with pytest.raises(Refused, match="on their way"):
        await begun(arrivals, AT_ONCE)
    stranger, _ = await at_the_door(engine)
    assert not (await begun(stranger, 0)).done


async def test_what_an_account_brings_has_to_fit_into_what_the_server_gives_an_organization(
    engine: Engine,
) -> None:
    _, _, account = await signed_up(engine)
    limits = FileLimits(one=1, all=2 * PART + 200)
    arrivals = Arrivals(engine, somewhere(), account, limits)
    await sent(arrivals, b"w" * 100)
    with pytest.raises(TooLarge):
        await arrivals.take("a" * 64, 2 * PART + 101, 0, bytes(PART))
    assert not (await begun(arrivals, 1)).done
    with pytest.raises(TooLarge):
        await sent(arrivals, b"x" * 100)


# -- what somebody made up ----------------------------------------------------------------------


def lines_in(acting: Acting, file: StoredFile) -> Lines:
    content = acting.files.chunks(file.digest, file.digest)
    return [msgspec.json.decode(line) for line in lines_of(content)]


async def made_up(acting: Acting, change: Callable[[Lines], Lines]) -> StoredFile:
    """The packed workspace, with other lines."""
    file, _ = await pack(acting)
    lines = change(lines_in(acting, file))
    packed = b"".join(packed_lines(msgspec.json.encode(line) for line in lines))
    pieces = iter([packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK)])
    return acting.files.take(pieces)


def rows(lines: Lines, kind: str) -> list[dict[str, Any]]:
    return [line[1] for line in lines if isinstance(line, list) and line[0] == kind]


def other(kind: str, **fields: Any) -> Callable[[Lines], Lines]:
    """The first row of a kind says something else."""

    def change(lines: Lines) -> Lines:
        rows(lines, kind)[0].update(fields)
        return lines

    return change


def in_head(**fields: Any) -> Callable[[Lines], Lines]:
    return lambda lines: [{**lines[0], **fields}, *lines[1:]]


def moved(kind: str, to: str) -> Callable[[Lines], Lines]:
    """The first row of a kind stands behind the last of another."""

    def change(lines: Lines) -> Lines:
        first = next(line for line in lines if isinstance(line, list) and line[0] == kind)
        lines.remove(first)
        last = max(at for at, line in enumerate(lines) if isinstance(line, list) and line[0] == to)
        return [*lines[: last + 1], first, *lines[last + 1 :]]

    return change


def as_account(lines: Lines) -> Lines:
    change = rows(lines, "change")[0]
    change.update(entity="member", op="update", before={"account_id": "somebody"}, after={})
    return lines


BAD: dict[str, Callable[[Lines], Lines]] = {
    "cut": lambda lines: lines[:-1],
    "a row less": lambda lines: [*lines[:-3], *lines[-2:]],
    "nothing": lambda lines: [],
    "another format": in_head(format="zip"),
    "a later version": in_head(version=2),
    "a later schema": in_head(schema="9999"),
    "a seq out of range": in_head(seq=1 << 70),
    "another member": in_head(member_id="nobody"),
    "another organization's row": other("organization", id="x" * 26),
    "an unknown kind": lambda lines: [lines[0], ["session", {"id": "x"}], *lines[1:]],
    "the wrong order": moved("board", "item"),
    "an owner who is none": other("member", role="viewer"),
    "an id with a slash": other("item", id="../../etc"),
    "a seq that is not yet": other("item", seq=1 << 40),
    "a number that is none": other("item", number=0),
    "a number of a device": other("item", number=1 << 41),
    "a place that is none": other("item", position="'; --"),
    "a group of no board": other("item", group_id="nowhere"),
    "a parent of no item": other("item", parent_id="nowhere"),
    "a time beyond all": other("item", created_at=1 << 80),
    "a field of another type": other("item", name=7),
    "a column for JSON paths": other("column", id='a") --'),
    "an unknown type": other("column", type="script"),
    "an attachment that is neither": other("attachment", digest="", url=""),
    "a link that runs": other("attachment", digest="", url="javascript:1"),
    "a path as digest": other("attachment", digest="../../key", url=""),
    "a comment on no item": other("comment", item_id="nowhere"),
    "an account in the log": as_account,
    "a change of a session": other("change", entity="session"),
    "a deed beyond": other("history", seq=1 << 70),
    "an entry that was changed": other("audit", name="member.left"),
    "an entry less": lambda lines: [
        line for line in lines if line != ["audit", rows(lines, "audit")[0]]
    ],
    "a chain with another end": in_head(audit_number=3),
    "a NUL": other("item", name="a\x00b"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_none_of_ours_is_refused_whole(
    engine: Engine, local: Local, name: str
) -> None:
    acting, _ = local
    arrivals, signed = await at_the_door(engine)
    epoch = rows([["head", lines_in(acting, (await pack(acting))[0])[0]]], "head")[0]["epoch"]
    file = await made_up(acting, BAD[name])
    with pytest.raises((Invalid, Refused)):
        await bring(arrivals, acting, file, epoch)
    with pytest.raises(NotFound):
        await enter(engine, somewhere(), signed, acting.actor.organization_id)
    good, _ = await begin_taking(acting, "http://server", "")
    assert (await bring(arrivals, acting, good, epoch)).here  # nothing of the bad one is in the way


async def test_what_only_needs_putting_right_is_put_right_and_the_device_hears_of_it(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    number, status = board.columns["number"], board.columns["status"]

    def hostile(lines: Lines) -> Lines:
        item = next(row for row in rows(lines, "item") if row["id"] == board.items[0])
        item["name"] = "\x1b]52;c;aGk=\x07Name\u202e"
        item["values"] = {number: {"$gt": 0}, status: "gone-label", "unknown": 1}
        return lines

    file = await made_up(acting, hostile)
    epoch = lines_in(acting, file)[0]["epoch"]
    arrivals, signed = await at_the_door(engine)
    await bring(arrivals, acting, file, epoch)
    member = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    item = (await member.query(ItemDetail(item_id=board.items[0]))).item
    assert item.name == "Name"
    assert item.values == {status: "gone-label"}  # labels that were removed stay, as at home
    assert item.seq == lines_in(acting, file)[0]["seq"] + 1


HOLLOW: dict[str, list[bytes]] = {
    "empty lines": [b""] * 1_000,
    "a line that is no row": [b"null"],
    "a second beginning": [b"{}", b"[]"],
    "little packed and much unpacked": [b"[" + b" " * (40 << 20)] * 4,
}


@pytest.mark.parametrize("name", HOLLOW)
async def test_what_is_no_packed_organization_is_refused_before_anything_is_locked(
    engine: Engine, local: Local, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting, _ = local
    arrivals, _ = await at_the_door(engine)
    packed, _ = await pack(acting)
    first, *_, last = lines_of(acting.files.chunks(packed.digest, packed.digest))
    file = acting.files.take(packed_lines([first, *HOLLOW[name], last]))
    monkeypatch.delattr("engine.arriving.Unpacking")  # what the transaction begins with
    with pytest.raises(Refused):
        await bring(arrivals, acting, file, msgspec.json.decode(first)["epoch"])


async def test_what_is_small_packed_and_endless_unpacked_is_refused(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    arrivals, _ = await at_the_door(engine)

    def endless(lines: Lines) -> Lines:
        return [lines[0], ["organization", {"id": "x" * (80 << 20)}], lines[-1]]

    epoch = lines_in(acting, (await pack(acting))[0])[0]["epoch"]
    file = await made_up(acting, endless)
    assert file.size < 1 << 20
    with pytest.raises(Refused):
        await bring(arrivals, acting, file, epoch)


# -- home again ---------------------------------------------------------------------------------


async def test_places_on_boards_of_who_has_no_account_there_are_nowhere(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    grace = next(person for person in await acting.query(People()) if person.name == "Grace")
    await acting.execute(ShareBoard(board_id=board.board, member_id=grace.id))
    one = await taken_to(engine, acting)
    assert not (await one.pull()).gaps
    assert without_account(await rows_of(acting)) == without_account(await rows_of(one.member))


async def test_no_backup_keeps_here_what_the_server_keeps_or_has_erased(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    folder = Path(acting.engine._session.database.where).parent
    backups = backups_of(folder, KEY)
    await back_up(acting, folder, KEY)
    one = await taken_to(engine, acting)
    assert not backups.list()
    backups.make(folder / "workspace.db", acting.engine.files, acting.engine.now())
    grace = next(person for person in await one.member.query(People()) if person.name == "Grace")
    await one.member.execute(EraseMembers(member_ids=(grace.id,), again=True))
    await one.sync()
    assert not backups.list()


async def fetched(one: Any) -> StoredFile:
    """What the server packs for its owner, on the device."""
    file = await departing(one.member)
    return one.acting.files.take(leaving(one.member).chunks(file.digest, file.digest))  # type: ignore[no-any-return]


async def test_all_that_the_server_has_comes_home(engine: Engine, local: Local) -> None:
    acting, board = local
    one = await taken_to(engine, acting)
    await one.sync()
    undone = await one.member.execute(RenameItem(item_id=board.items[0], name="There"))
    await one.sync()
    before, entries = await rows_of(one.member), await trail(one.member)
    assert await bring_home(acting, await fetched(one))
    assert await Device(acting).state() is None
    after = await rows_of(acting)
    assert without_account(after) == without_account(before)
    assert [name for _, name in await trail(acting)][:2] == [
        "organization.left_server", "organization.exported",
    ]  # fmt: skip
    assert (await trail(acting))[2:] == entries
    assert (await acting.verify_audit()).bad_number is None
    await acting.execute(Undo(gesture=undone.gesture))
    await acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="here"),)))
    assert (await names(acting, board.board))[0] == "Item 1"
    numbers = [row["number"] for row in (await rows_of(acting)).values() if "number" in row]
    assert len(numbers) == len(set(numbers)) and max(numbers) < 100


async def test_colleagues_come_home_as_names_and_their_private_boards_do_not(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    one = await taken_to(engine, acting)
    email = fresh_address()
    signed, _, _ = await signed_up(engine, email, name="Alan")
    await accept(engine, somewhere(), signed, await invite(one.member, email, Role.ADMIN))
    alan = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    await alan.execute(CreateBoard(name="Secret of Alan", kind=BoardKind.PRIVATE))
    await one.sync()
    assert await bring_home(acting, await fetched(one))
    people = {person.name: person for person in await acting.query(People())}
    assert not people["Alan"].account and people["Owner"].account
    assert "Secret of Alan" not in str(await rows_of(acting))
    assert "Secret of Alan" not in str(lines_in(acting, (await pack(acting))[0]))


async def test_while_something_waits_it_does_not_go_home(engine: Engine, local: Local) -> None:
    acting, board = local
    one = await taken_to(engine, acting)
    await one.sync()
    file = await fetched(one)
    await acting.execute(RenameItem(item_id=board.items[0], name="Just now"))
    assert not await bring_home(acting, file)
    await one.sync()
    assert await bring_home(acting, await fetched(one))
    assert "Just now" in await names(acting, board.board)


async def test_what_was_done_and_sent_since_it_was_packed_does_not_stay_behind(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    one = await taken_to(engine, acting)
    await one.sync()
    file = await fetched(one)
    await acting.execute(RenameItem(item_id=board.items[0], name="Meanwhile"))
    await one.sync()
    assert not await bring_home(acting, file)
    assert await bring_home(acting, await fetched(one))
    assert "Meanwhile" in await names(acting, board.board)


async def test_without_its_server_it_goes_home_with_what_is_here(
    engine: Engine, local: Local
) -> None:
    acting, board = local
    one = await taken_to(engine, acting)
    await one.sync()
    number = board.columns["number"]
    await acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="waiting"),)))
    await acting.execute(SetValues(item_ids=(board.items[1],), values={number: "3"}))
    assert (await leave(acting)).troubles == ()
    assert "waiting" in await names(acting, board.board)
    newest = [name for _, name in await trail(acting)]
    assert newest == ["organization.left_server", "item.changed", "item.added"]
    assert (await acting.verify_audit()).bad_number is None
    assert all(one.board.name for one in await acting.query(Boards()))


async def test_who_is_erased_is_in_nothing_that_was_packed_before(
    engine: Engine, local: Local
) -> None:
    acting, _ = local
    one = await taken_to(engine, acting)
    grace = next(p for p in await one.member.query(People()) if p.name == "Grace")
    await departing(one.member)
    assert list(leaving(one.member).digests())
    engine.ledger.add(acting.actor.organization_id, (grace.id,), engine.now())
    await run_retention(one.member)
    assert not list(leaving(one.member).digests())
    assert "Grace" not in str(await rows_of(one.member))


async def test_only_an_owner_takes_an_organization_along(engine: Engine, local: Local) -> None:
    acting, _ = local
    one = await taken_to(engine, acting)
    email = fresh_address()
    signed, _, _ = await signed_up(engine, email, name="Alan")
    await accept(engine, somewhere(), signed, await invite(one.member, email, Role.ADMIN))
    alan = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    for attempt in (departing(alan), leave(alan), pack(alan)):
        with pytest.raises(Forbidden):
            await attempt


async def test_another_organizations_file_is_not_taken_in_its_place(
    engine: Engine, local: Local, acting: Acting
) -> None:
    mine, _ = local
    await taken_to(engine, mine)
    file = await departing(acting)
    here = mine.files.take(leaving(acting).chunks(file.digest, file.digest))
    before = await rows_of(mine)
    with pytest.raises(ConneqtError):
        await bring_home(mine, here)
    assert await rows_of(mine) == before
