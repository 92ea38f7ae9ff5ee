"""An exported trail shows later what the chain alone cannot: a cut end, and a chain rewritten as a whole."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.api import Acting
from engine.commands.items import RenameItem
from engine.errors import UnreadableFile
from engine.store.audit_chain import GENESIS
from engine.transfer.audit_file import compare_audit, export_audit
from tests.engine.boards import sample_board


async def some_work(acting: Acting, times: int = 5) -> None:
    board = await sample_board(acting, items=1)
    for number in range(times):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"name {number}"))


async def run(acting: Acting, *statements: str, **values: object) -> None:
    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement), {"o": acting.actor.organization_id, **values})

    async with acting._session.database.writing(acting.actor.organization_id) as transaction:
        await transaction.run_sync(work)


async def test_an_export_holds_every_entry_and_its_own(acting: Acting, tmp_path: Path) -> None:
    await some_work(acting)
    count = await export_audit(acting, tmp_path / "audit.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert len(lines) == count == (await acting.verify_audit()).checked
    assert lines[-1]["name"] == "audit.exported"
    assert all("salt" not in line for line in lines)


async def test_what_came_later_does_not_matter(acting: Acting, tmp_path: Path) -> None:
    count = await export_audit(acting, tmp_path / "audit.jsonl")
    await some_work(acting)
    compared = await compare_audit(acting, tmp_path / "audit.jsonl")
    assert (compared.compared, compared.bad_number) == (count, None)


async def test_a_cut_end_is_found_though_the_chain_itself_is_whole(
    acting: Acting, tmp_path: Path
) -> None:
    await some_work(acting)
    count = await export_audit(acting, tmp_path / "audit.jsonl")
    await run(
        acting,
        "DELETE FROM audit WHERE number > :left AND organization_id = :o",
        "UPDATE head SET audit_number = :left, audit_hash = (SELECT hash FROM audit"
        " WHERE number = :left AND organization_id = :o) WHERE organization_id = :o",
        left=count - 2,
    )
    assert (await acting.verify_audit()).bad_number is None
    compared = await compare_audit(acting, tmp_path / "audit.jsonl")
    assert compared.bad_number == count - 1


async def test_a_chain_that_was_begun_anew_is_found(acting: Acting, tmp_path: Path) -> None:
    await some_work(acting)
    await export_audit(acting, tmp_path / "audit.jsonl")
    await run(
        acting,
        "DELETE FROM audit WHERE organization_id = :o",
        "UPDATE head SET audit_number = 0, audit_hash = :genesis WHERE organization_id = :o",
        genesis=GENESIS,
    )
    await some_work(acting, times=20)
    assert (await acting.verify_audit()).bad_number is None
    assert (await compare_audit(acting, tmp_path / "audit.jsonl")).bad_number == 1


@pytest.mark.parametrize("content", [b"no json\n", b"{}\n", b"[" * 100_000, b"\xff\n"])
async def test_a_file_that_is_no_export_is_named_with_its_line(
    acting: Acting, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.jsonl").write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"bad\.jsonl, line 1"):
        await compare_audit(acting, tmp_path / "bad.jsonl")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        await compare_audit(acting, tmp_path)
