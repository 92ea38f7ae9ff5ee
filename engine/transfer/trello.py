"""Reads a Trello board export (JSON, all shapes since 2014) into import commands.

Lists become groups, cards items, checklists subitems; labels, members, dates and custom fields become
columns. What has no place is counted in the report.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from engine.clock import as_datetime, new_id, short_id
from engine.columns.column_type import Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.registry import Command
from engine.errors import Invalid
from engine.model.board import Group, Label
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.record import JSON, State
from engine.model.text import clean_line, clean_text
from engine.transfer.cast import Cast
from engine.transfer.json_file import list_of, text_of
from engine.transfer.report import Report

CHUNK: Final = 400
_COLORS: Final = {
    "green": "green", "yellow": "yellow", "orange": "orange", "red": "red", "purple": "purple",
    "blue": "blue", "sky": "teal", "lime": "lime", "pink": "pink", "black": "grey",
}  # fmt: skip
_LEFT: Final = {
    "idMembersVoted": "votes", "stickers": "stickers", "coordinates": "locations",
    "idAttachmentCover": "covers", "cardRole": "special cards",
}  # fmt: skip
_FIELD_TYPES: Final = {
    "text": "text", "number": "number", "date": "date", "checkbox": "checkbox", "list": "status",
}  # fmt: skip
_GROUP_COLORS: Final = ("blue", "orange", "green", "purple", "teal", "pink", "yellow", "red")


def is_trello(content: dict[str, Any]) -> bool:
    return isinstance(content.get("lists"), list) and isinstance(content.get("cards"), list)


class TrelloBoard:
    """One export. `commands` gives the import; `report` says afterwards what became of everything."""

    def __init__(self, content: dict[str, Any], name: str, cast: Cast, report: Report) -> None:
        self._content = content
        self._cast = cast
        self._report = report
        self._board = new_id()
        self._name = clean_line(name or text_of(content.get("name"))) or "Imported board"
        self._actions = list_of(content.get("actions"))
        self._members = {
            text_of(m.get("id")): self._person(m) for m in list_of(content.get("members"))
        }
        self._cards = sorted(list_of(content.get("cards")), key=_position)
        self._checklists = self._gather_checklists()
        self._comments = self._gather_comments()
        self._groups: dict[str, Group] = {}
        self._columns: dict[str, Column] = {}
        self._choices: dict[str, dict[str, str]] = {}
        self._at: dict[str, Surroundings] = {}

    def commands(self) -> Iterator[Command]:
        self._make_groups()
        self._make_columns()
        yield ImportBoard(
            board_id=self._board, name=self._name,
            description=text_of(self._content.get("desc")), item_noun="card",
            source="Trello", people=tuple(self._cast.newcomers),
        )  # fmt: skip
        yield ImportPart(
            board_id=self._board,
            groups=tuple(self._groups.values()),
            columns=tuple(self._columns.values()),
        )
        for start in range(0, len(self._cards), CHUNK):
            yield self._part(self._cards[start : start + CHUNK])
        self._finish()

    # -- before the items ---------------------------------------------------------------------

    def _person(self, member: dict[str, Any]) -> str | None:
        return self._cast.named(
            text_of(member.get("fullName")) or text_of(member.get("username")),
            text_of(member.get("email")),
        )

    def _gather_checklists(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        known = set()
        for checklist in list_of(self._content.get("checklists")):
            known.add(checklist.get("id"))
            found.setdefault(text_of(checklist.get("idCard")), []).append(checklist)
        for card in self._cards:
            for checklist in list_of(card.get("checklists")):
                if checklist.get("id") not in known:
                    found.setdefault(text_of(card.get("id")), []).append(checklist)
        return found

    def _gather_comments(self) -> dict[str, list[tuple[str | None, int, str]]]:
        """By card: author, time and text of each comment, the oldest first."""
        found: dict[str, list[tuple[str | None, int, str]]] = {}
        for action in reversed(self._actions):
            data = action.get("data")
            if action.get("type") not in ("commentCard", "copyCommentCard") or not isinstance(
                data, dict
            ):
                continue
            card = data.get("card")
            creator = action.get("memberCreator")
            author = self._person(creator) if isinstance(creator, dict) else None
            if isinstance(card, dict):
                body = clean_text(text_of(data.get("text")))
                when = _moment(action.get("date")) or 0
                found.setdefault(text_of(card.get("id")), []).append((author, when, body))
        return found

    def _make_groups(self) -> None:
        for number, entry in enumerate(sorted(list_of(self._content.get("lists")), key=_position)):
            closed = bool(entry.get("closed"))
            self._groups[text_of(entry.get("id"))] = Group(
                id=new_id(), board_id=self._board,
                name=clean_line(text_of(entry.get("name")))[:500] or "List",
                color=_GROUP_COLORS[number % len(_GROUP_COLORS)],
                state=State.ARCHIVED if closed else State.LIVE,
            )  # fmt: skip
        known = set(self._groups)
        if any(text_of(card.get("idList")) not in known for card in self._cards):
            self._groups[""] = Group(
                id=new_id(), board_id=self._board, name="Without a list", color="grey"
            )

    def _make_columns(self) -> None:
        cards = self._cards
        self._add_column("due", "date", "Due", any(card.get("due") for card in cards))
        self._add_column("start", "date", "Start", any(card.get("start") for card in cards))
        done = any(card.get("dueComplete") for card in cards) or bool(self._checklists)
        self._add_column("done", "checkbox", "Done", done)
        self._add_column(
            "members", "people", "Members", any(card.get("idMembers") for card in cards)
        )
        labels = self._labels()
        self._add_column("labels", "tags", "Labels", bool(labels), labels)
        self._add_column(
            "desc", "long_text", "Description", any(card.get("desc") for card in cards)
        )
        many = any(len(found) > 1 for found in self._checklists.values())
        self._add_column("checklist", "text", "Checklist", many)
        for field in list_of(self._content.get("customFields")):
            self._add_custom_field(field)

    def _add_column(
        self, key: str, kind: str, title: str, wanted: bool, labels: list[JSON] | None = None
    ) -> None:
        if wanted:
            settings = column_type(kind).default_settings()
            if labels is not None:
                settings = {**settings, "labels": labels}
            self._columns[key] = Column(
                id=short_id(), board_id=self._board, type=kind, title=title, settings=settings
            )

    def _labels(self) -> list[JSON]:
        found: dict[str, Label] = {}
        entries = list_of(self._content.get("labels"))
        for card in self._cards:
            entries += list_of(card.get("labels"))
        names: dict[str, str] = {}
        for entry in entries:
            color = text_of(entry.get("color")).removesuffix("_dark").removesuffix("_light")
            name = (
                clean_line(text_of(entry.get("name")))[:60].strip() or color.capitalize() or "Label"
            )
            id = names.setdefault(name.casefold(), f"label{len(names) + 1}")
            found.setdefault(id, Label(id=id, name=name, color=_COLORS.get(color, "grey")))
            self._choices.setdefault("labels", {})[text_of(entry.get("id")) or name] = id
        used = {
            id for card in self._cards for id in card.get("idLabels") or [] if isinstance(id, str)
        }
        embedded = any(list_of(card.get("labels")) for card in self._cards)
        if not used and not embedded and not any(label.name for label in found.values()):
            return []
        return [msgspec.to_builtins(label) for label in found.values()]

    def _add_custom_field(self, field: dict[str, Any]) -> None:
        kind = _FIELD_TYPES.get(text_of(field.get("type")))
        title = clean_line(text_of(field.get("name")))[:120] or "Field"
        if kind is None:
            self._report.skip("custom fields of an unknown type", title)
            return
        key = f"field:{text_of(field.get('id'))}"
        labels: list[JSON] | None = None
        if kind == "status":
            labels = []
            for option in list_of(field.get("options")):
                value = option.get("value")
                name = clean_line(text_of(value.get("text") if isinstance(value, dict) else ""))[
                    :60
                ]
                color = _COLORS.get(text_of(option.get("color")), "grey")
                id = f"option{len(labels) + 1}"
                labels.append({"id": id, "name": name or id, "color": color, "done": False})
                self._choices.setdefault(key, {})[text_of(option.get("id"))] = id
        self._add_column(key, kind, title, True, labels)

    # -- items --------------------------------------------------------------------------------

    def _part(self, cards: list[dict[str, Any]]) -> ImportPart:
        items: list[Item] = []
        comments: list[Comment] = []
        attachments: list[Attachment] = []
        for card in cards:
            item = self._item(card)
            items.append(item)
            items += self._subitems(card, item)
            comments += self._card_comments(card, item)
            attachments += self._attachments(card, item)
        self._report.comments += len(comments)
        self._report.attachments += len(attachments)
        return ImportPart(
            board_id=self._board, items=tuple(items), comments=tuple(comments),
            attachments=tuple(attachments),
        )  # fmt: skip

    def _item(self, card: dict[str, Any]) -> Item:
        name = clean_line(text_of(card.get("name")))
        if not name:
            self._report.change("cards without a name", f"card {card.get('idShort', '')}")
        group = self._groups.get(text_of(card.get("idList"))) or self._groups[""]
        for key, what in _LEFT.items():
            if card.get(key):
                self._report.skip(what, name)
        self._report.items += 1
        self._report.archived += bool(card.get("closed"))
        changed = _moment(card.get("dateLastActivity")) or 0
        return Item(
            id=new_id(), board_id=self._board, group_id=group.id, name=(name or "Untitled")[:500],
            values=self._values(card, name), created_at=_created(card.get("id")) or changed,
            updated_at=changed, state=State.ARCHIVED if card.get("closed") else State.LIVE,
            state_at=changed if card.get("closed") else 0,
        )  # fmt: skip

    def _values(self, card: dict[str, Any], name: str) -> dict[str, JSON]:
        people = [self._members.get(text_of(id)) for id in card.get("idMembers") or []]
        named = [text_of(id) for id in card.get("idLabels") or []]
        named += [text_of(entry.get("id")) for entry in list_of(card.get("labels"))]
        labels = [self._choices.get("labels", {}).get(id) for id in named]
        self._miss("members who are not in the file", people.count(None), name)
        self._miss("labels that are not in the file", labels.count(None), name)
        found: dict[str, JSON] = {
            "due": self._date(card.get("due"), name), "start": self._date(card.get("start"), name),
            "done": True if card.get("dueComplete") else None,
            "members": [id for id in people if id], "labels": [id for id in labels if id],
            "desc": clean_text(text_of(card.get("desc"))) or None,
        }  # fmt: skip
        for entry in list_of(card.get("customFieldItems")):
            key = f"field:{text_of(entry.get('idCustomField'))}"
            if key in self._columns:
                found[key] = self._custom_value(key, entry, name)
        values = {key: value for key, value in found.items() if value and key in self._columns}
        valid = {key: self._valid(key, value, name) for key, value in values.items()}
        return {self._columns[key].id: value for key, value in valid.items() if value is not None}

    def _miss(self, what: str, count: int, name: str) -> None:
        if count:
            self._report.skip(what, name, count)

    def _date(self, value: Any, name: str) -> JSON:
        """A Trello time as a date column keeps it; one that does not exist is told."""
        stored = _stored_date(value)
        if value and stored is None:
            self._report.skip("dates that do not exist", f"{name}: {clean_line(str(value))}")
        return stored

    def _custom_value(self, key: str, entry: dict[str, Any], name: str) -> JSON:
        if entry.get("idValue"):
            chosen = self._choices.get(key, {}).get(text_of(entry["idValue"]))
            self._miss("choices that are not in the file", chosen is None, name)
            return chosen
        value = entry.get("value")
        if not isinstance(value, dict) or not value:
            return None
        kind, content = next(iter(value.items()))
        if kind == "date":
            return self._date(content, name)
        if kind == "checked":
            return True if content in (True, "true") else None
        return clean_line(str(content))

    def _valid(self, key: str, value: JSON, name: str) -> JSON:
        """The value as its column takes it; None for one that does not fit, which is told."""
        column = self._columns[key]
        if key not in self._at:
            self._at[key] = surroundings_for(column, self._cast.people(), as_datetime(0).date(), 0)
        try:
            return column_type(column.type).validate(value, self._at[key])
        except Invalid:
            self._report.skip(f"values of “{column.title}” that do not fit", f"{name}: {value}")
            return None

    def _subitems(self, card: dict[str, Any], parent: Item) -> list[Item]:
        found: list[Item] = []
        checklists = self._checklists.get(text_of(card.get("id")), [])
        for checklist in sorted(checklists, key=_position):
            for entry in sorted(list_of(checklist.get("checkItems")), key=_position):
                values: dict[str, JSON] = {}
                if entry.get("state") == "complete" and "done" in self._columns:
                    values[self._columns["done"].id] = True
                if "checklist" in self._columns and checklist.get("name"):
                    values[self._columns["checklist"].id] = clean_line(text_of(checklist["name"]))
                found.append(
                    Item(
                        id=new_id(), board_id=self._board, group_id=parent.group_id,
                        parent_id=parent.id, values=values,
                        name=clean_line(text_of(entry.get("name")))[:500] or "Untitled",
                    )
                )  # fmt: skip
        self._report.subitems += len(found)
        return found

    def _card_comments(self, card: dict[str, Any], item: Item) -> Iterator[Comment]:
        for author, when, body in self._comments.pop(text_of(card.get("id")), []):
            if body.strip():
                yield Comment(
                    id=new_id(), board_id=self._board, item_id=item.id, author_id=author or "",
                    body=body, created_at=when,
                )  # fmt: skip

    def _attachments(self, card: dict[str, Any], item: Item) -> Iterator[Attachment]:
        for entry in list_of(card.get("attachments")):
            url = clean_line(text_of(entry.get("url")))
            name = clean_line(text_of(entry.get("name"))) or url
            if not url.startswith(("http://", "https://")) or len(url) > 2_000:
                self._report.skip("attachments without a web address", name)
                continue
            yield Attachment(
                id=new_id(), board_id=self._board, item_id=item.id, name=name[:255], url=url,
                created_at=_moment(entry.get("date")) or 0,
            )  # fmt: skip

    def _finish(self) -> None:
        report = self._report
        report.board, report.board_id = self._name, self._board
        report.groups, report.columns = len(self._groups), len(self._columns)
        report.people = len(self._cast.newcomers)
        report.archived += sum(g.state is State.ARCHIVED for g in self._groups.values())
        orphans = sum(len(found) for found in self._comments.values())
        if orphans:
            report.skip("comments on cards that are not in the file", count=orphans)
        other = [
            a for a in self._actions if a.get("type") not in ("commentCard", "copyCommentCard")
        ]
        if other:
            report.skip(
                "entries of Trello's activity log", text_of(other[0].get("type")), len(other)
            )
        if list_of(self._content.get("pluginData")):
            report.skip("power-up data", count=len(list_of(self._content["pluginData"])))


def _position(entry: dict[str, Any]) -> float:
    place = entry.get("pos")
    return float(place) if isinstance(place, (int, float)) else 0.0


def _moment(value: Any) -> int | None:
    """Milliseconds of an ISO time; None for what is none."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text_of(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _stored_date(value: Any) -> JSON:
    """A Trello time as a date column keeps it: UTC, to the minute."""
    moment = _moment(value)
    return None if moment is None else as_datetime(moment).strftime("%Y-%m-%dT%H:%MZ")


def _created(id: Any) -> int | None:
    """Trello's ids are MongoDB's: their first eight hex digits are the seconds when they were made."""
    text = text_of(id)
    if len(text) != 24:
        return None
    try:
        return int(text[:8], 16) * 1000
    except ValueError:
        return None
