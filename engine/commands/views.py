"""Commands on saved views, and on a member's own preferences."""

import re
from typing import ClassVar, Final

from msgspec import UNSET, UnsetType, field
from msgspec.structs import replace

from engine.clock import new_id
from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.errors import Invalid
from engine.model.board import Board
from engine.model.organization import Preference
from engine.model.record import JSON
from engine.model.view import Filter, Sort, View, ViewKind
from engine.store.unit_of_work import UnitOfWork


class SaveView(Command, frozen=True, kw_only=True):
    """Makes the view, or gives the one with this id these fields; those that are not said stay as they are, so that
    two people can change one view at once."""

    OP: ClassVar[str] = "view.save@1"
    view_id: str = field(default_factory=new_id)
    board_id: str
    name: str
    kind: ViewKind | UnsetType = UNSET
    filter: Filter | UnsetType = UNSET
    sorts: tuple[Sort, ...] | UnsetType = UNSET
    lane_by: str | UnsetType = UNSET
    hidden: tuple[str, ...] | UnsetType = UNSET
    card_fields: tuple[str, ...] | UnsetType | None = UNSET
    collapsed_lanes: tuple[str, ...] | UnsetType = UNSET


class DeleteView(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "view.delete@1"
    view_id: str


class SetPreference(Command, frozen=True, kw_only=True):
    """One of the member's own settings; None forgets it."""

    OP: ClassVar[str] = "preference.set@1"
    name: str
    value: JSON = None


PREFERENCE: Final = re.compile(r"[0-9A-Za-z:._-]{1,120}")
"""Its id is made of its name, and goes wherever the organization goes."""
SAVED: Final = ("kind", "filter", "sorts", "lane_by", "hidden", "card_fields", "collapsed_lanes")


@handles(SaveView, role="member", audit="view.saved")
def save_view(unit: UnitOfWork, command: SaveView) -> None:
    board = unit.get(Board, command.board_id)
    said = {name: getattr(command, name) for name in SAVED}
    wanted = {name: value for name, value in said.items() if value is not UNSET}
    wanted["name"] = texts.name(command.name, "view", 120)
    existing = unit.find(View, command.view_id)
    if existing is None:
        unit.insert(replace(View(id=command.view_id, board_id=board.id, name=""), **wanted))
    else:
        unit.update(existing, **wanted)


@handles(DeleteView, role="member", audit="view.deleted")
def delete_view(unit: UnitOfWork, command: DeleteView) -> None:
    unit.delete(unit.get(View, command.view_id))


@handles(
    SetPreference, role="guest", within_board=False,
    no_audit="says nothing about others and happens at every step (recent boards, widths)",
    no_undo="a setting is changed back where it was changed", offline=True,
)  # fmt: skip
def set_preference(unit: UnitOfWork, command: SetPreference) -> None:
    if not PREFERENCE.fullmatch(command.name):
        raise Invalid("A preference is called by 120 letters, digits and “:._-” at the most.")
    id = f"{unit.member.id}:{command.name}"
    existing = unit.find(Preference, id)
    if existing is None:
        unit.insert(
            Preference(id=id, member_id=unit.member.id, name=command.name, value=command.value)
        )
    elif command.value is None:
        unit.delete(existing)
    else:
        unit.update(existing, value=command.value)
