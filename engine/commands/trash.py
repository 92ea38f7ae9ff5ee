"""Emptying the trash: what has lain there for 30 days, or what a person chooses, goes for good."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.errors import Invalid, Refused
from engine.model.record import Number, State
from engine.privacy.holds import held_members, is_held
from engine.privacy.retention import RULES
from engine.store.purging import purge
from engine.store.tables import ENTITIES
from engine.store.trash import contents_of, expired
from engine.store.unit_of_work import UnitOfWork


class EmptyTrash(Command, frozen=True, kw_only=True):
    """Named records as (entity, id), or (`records` empty) what has been there for 30 days: all of it, or so many
    of them as `most` says."""

    OP: ClassVar[str] = "trash.empty@1"
    records: tuple[tuple[str, str], ...] = ()
    most: Number = 0


@handles(
    EmptyTrash, role="member", on_server=True, within_board=False, audit="trash.purged",
    no_undo="what is removed from the trash is gone for good",
)  # fmt: skip
def empty_trash(unit: UnitOfWork, command: EmptyTrash) -> None:
    held, gone = held_members(unit), 0
    named = command.records or expired(unit, before=RULES["trash"].cutoff(unit.now))
    for entity, id in named:
        if entity not in ENTITIES:
            raise Invalid(f"Nothing of the kind “{entity[:40]}” can lie in the trash.")
        record = unit.find(ENTITIES[entity], id)
        if record is None:
            continue
        if getattr(record, "state", State.LIVE) is not State.TRASHED:
            raise Refused("It is not in the trash, so it cannot be removed for good.")
        whole = (*contents_of(unit, record), record)
        if not any(is_held(one, held) for one in whole):
            purge(unit, whole)
            gone += 1
            if gone == command.most:
                return
        elif command.records:
            raise Refused(
                "Somebody who made a part of it is under a legal hold, so it stays in the trash."
            )
