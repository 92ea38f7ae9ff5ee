"""Commands and queries filled with ids of somebody else's records, by the names of their fields."""

from typing import Any

import msgspec

from engine.clock import new_id
from engine.commands.items import NewItem
from engine.model.actor import Role, Scope
from engine.model.board import Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.record import State
from engine.model.rights import RequestState
from engine.model.view import Condition, Filter, Sort, View
from engine.model.webhook import Place

Known = dict[str, Any]


def ids_of(state: dict[str, dict[str, Any]]) -> dict[str, str]:
    """One id of each kind of record that an organization holds."""
    return {entity: sorted(records)[0] for entity, records in state.items() if records}


def filled(kind: type[Any], ids: dict[str, str], gesture: str) -> Any:
    """An instance of a command or query whose every id names one of the records `ids`."""
    examples = _examples(ids, gesture)
    fields: Known = {}
    for field in msgspec.structs.fields(kind):
        if field.name in examples:
            fields[field.name] = examples[field.name]
        elif field.required:
            raise AssertionError(
                f"{kind.__name__}.{field.name} has no example in tests/engine/foreign.py"
            )
    if "copy_ids" in fields:
        fields["copy_ids"] = tuple(new_id() for _ in fields["item_ids"])
    return kind(**fields)


def _examples(ids: dict[str, str], gesture: str) -> Known:
    board, group, item = ids["board"], ids["group"], ids["item"]
    column, member = ids["column"], ids["member"]
    return {
        "board_id": board, "group_id": group, "item_id": item, "column_id": column,
        "member_id": member, "comment_id": ids["comment"], "attachment_id": ids["attachment"],
        "view_id": ids["view"], "gesture": gesture, "item_ids": (item,), "copy_ids": (),
        "parent_id": item, "after": None, "name": "taken over", "title": "taken over",
        "body": "taken over", "description": "taken over", "type": "text",
        "url": "https://example.org", "digest": "0" * 64, "size": 1, "role": Role.GUEST,
        "values": {column: "taken over"}, "items": (_item(ids),), "words": "secret",
        "ids": tuple(ids.values()), "gestures": (gesture,),
        "numbers": (1, 2, 3), "limit": 10, "lane_by": "group", "color": "red", "state": State.LIVE,
        "filter": Filter("", (Condition("name", "contains", "secret"),)), "sorts": (Sort("name"),),
        "columns": (), "column_ids": (), "records": (("item", item), ("board", board)),
        "groups": (Group(id=group, board_id=board, name="taken over"),),
        "comments": (Comment(id=new_id(), board_id=board, item_id=item, author_id=member, body="x"),),
        "attachments": (Attachment(id=new_id(), board_id=board, item_id=item, name="x"),),
        "views": (View(id=new_id(), board_id=board, name="x"),), "value": "taken over",
        "data_kind": "items", "format": "csv", "reason": "taken over",
        "backup_name": "x", "version": "1", "confirm": "Secret organization", "member_ids": (member,), "again": True,
        "request_id": ids["request"], "request_ids": (ids["request"],), "request_kind": "other",
        "email": "taken@example.org", "password_hash": "x", "token": "cqm_" + "0" * 26 + "_" + "x" * 43, "token_id": new_id(),
        "over_16": True, "policy_version": "1", "session_id": ids["session"], "code": "000000", "why": "taken over",
        "keep": "", "secret": "JBSWY3DPEHPK3PXP" * 2, "recovery_codes": ("taken over",), "required": True, "days": 1,
        "invitation_id": ids["invitation"], "account_id": ids["account"], "organization_id": ids["membership"],
        "key_id": ids["api_key"], "prefix": "takenove", "secret_hash": "x", "scope": Scope.READ,
        "recipient": "taken over", "ground": "taken over", "what": "taken over",
        "webhook_id": ids["webhook"], "secret_id": "taken over", "events": ("item.*",), "of_board": board,
        "enabled": True, "message_id": new_id(), "delivery_id": new_id(), "before": "",
        "board_ids": (board,), "place": Place(0, 0), "entries": 1, "repaired": 0, "whole": True,
        "mail_ids": (ids["mail"],), "conflict_id": ids["conflict"],
        "to": RequestState.REFUSED, "text": "taken over", "purpose": "marketing", "given": True,
    }  # fmt: skip


def _item(ids: dict[str, str]) -> NewItem:
    return NewItem(name="taken over")


def for_import(ids: dict[str, str]) -> Known:
    """Fields of ImportPart, whose records have the model's own types."""
    return {
        "columns": (Column(id=ids["column"], board_id=ids["board"], type="text", title="x"),),
        "items": (Item(id=new_id(), board_id=ids["board"], group_id=ids["group"], name="x"),),
    }
