"""Undo and redo, as commands themselves: each takes back one gesture, by the change log."""

from typing import ClassVar

from engine.commands.registry import Command, handles, handling_of
from engine.errors import Refused
from engine.model.audit import AUDIT_NAMES
from engine.model.change import Deed, HistoryKind
from engine.store.history import deeds_of, mark_undone
from engine.store.taking_back import FORGOTTEN, take_back
from engine.store.unit_of_work import UnitOfWork


class Undo(Command, frozen=True, kw_only=True):
    """Take back everything that the commands of `gesture` did. Raises Refused with the reason where
    something has moved on since."""

    OP: ClassVar[str] = "history.undo@1"
    gesture: str


class Redo(Command, frozen=True, kw_only=True):
    """Take back an undo; `gesture` is the undo's own."""

    OP: ClassVar[str] = "history.redo@1"
    gesture: str


@handles(Undo, role="guest", within_board=False, audit="history.undone")
def undo(unit: UnitOfWork, command: Undo) -> None:
    _take_back(unit, command.gesture, (HistoryKind.DO, HistoryKind.REDO), "undone")


@handles(Redo, role="guest", within_board=False, audit="history.redone")
def redo(unit: UnitOfWork, command: Redo) -> None:
    _take_back(unit, command.gesture, (HistoryKind.UNDO,), "redone")


def _take_back(unit: UnitOfWork, gesture: str, kinds: tuple[HistoryKind, ...], what: str) -> None:
    deeds = [deed for deed in deeds_of(unit, gesture) if deed.kind in kinds]
    if not deeds:
        raise Refused(f"There is nothing of yours here that could be {what}.")
    if any(deed.undone_by for deed in deeds):
        raise Refused(f"That has been {what} already.")
    if not all(deed.undoable for deed in deeds):
        raise Refused("That cannot be taken back.")
    for deed in deeds:
        given = handling_of(deed.op)
        unit.require(given.role, within_board=given.within_board)
    first = _first(unit, deeds[0])
    take_back(unit, deeds)
    mark_undone(unit, gesture)
    unit.note(AUDIT_NAMES.get(first.audit_name, first.op))


def _first(unit: UnitOfWork, deed: Deed) -> Deed:
    """What is taken back may itself be an undo or redo: of what? On a device that may have been let go meanwhile, as its
    file cannot reach the server. Raises Refused."""
    while deed.undoes is not None:
        before = deeds_of(unit, deed.undoes)
        if not before:
            raise Refused(FORGOTTEN)
        deed = before[0]
    return deed
