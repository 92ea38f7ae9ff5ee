"""What a linked device sends next: in the order in which it was given, but nothing waits for the bytes of a file
that somebody attached, save what needs that file."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import to_builtins
from sqlalchemy import Connection

from engine.model.exchange import LARGEST_PUSH, Sent
from engine.model.item import Attachment
from engine.model.record import JSON
from engine.store.deeds import forget_deed
from engine.store.made_here import boards_of_groups, made_by
from engine.store.stored_files import attachment_of, named_in, unsent
from engine.store.waiting import (
    ATTACHES,
    Link,
    Waiting,
    hold,
    let_go,
    renumber_behind,
    waiting,
    write_link,
)

RECALLED_MS: Final = 86_400_000
"""After so long the server is asked again whether it still has a file that it was given."""
USUAL: Final = 1 << 20
"""Bytes after which a push is full."""
COPIES: Final = frozenset({"copy_id", "copy_ids"})
"""Arguments by which a command names the copies that it makes."""
COPIED: Final = ("item_ids", "group_id", "board_id")
"""Of such a command: of what."""
TOO_LARGE: Final = (
    "quota", "This is more than a server takes at once. Divide it into several, and let this go."
)  # fmt: skip


def next_commands(
    connection: Connection, organization_id: str, link: Link, most: int, now: int, after: int = 0
) -> tuple[Sent, ...]:
    """Behind the number `after`, at most so many and not much more than a push should weigh; they count as sent from now
    on, and keep their numbers (sync.md R3)."""
    missing = {file.digest for file in unsent(connection, organization_id, now - RECALLED_MS)}
    found = waiting(connection, organization_id, -1 if missing else most, after)
    if missing:
        found = _free_first(connection, organization_id, link, found, missing)
    sizes = [(one, len(msgspec.json.encode(one.command))) for one in found[:most]]
    large = [
        one for one, size in sizes if size > LARGEST_PUSH - USUAL and one.command.n > link.sent_n
    ]
    if large:
        _hold(connection, organization_id, link, large, TOO_LARGE, now)
        return next_commands(connection, organization_id, link, most, now, after)
    chosen = tuple(_within(sizes, USUAL))
    if chosen and chosen[-1].n > link.sent_n:
        write_link(connection, organization_id, sent_n=chosen[-1].n)
    return chosen


def hold_file(
    connection: Connection,
    organization_id: str,
    link: Link,
    digest: str,
    why: tuple[str, str],
    now: int,
) -> None:
    """Of a file that cannot reach the server: commands that name it are held, with the code and the reason; they were never
    sent. The next pull takes what they did back. Where none waits, the file itself is held, in the words of who attached it."""
    waits = waiting(connection, organization_id)
    naming = [one for one in waits if named_in(one.command.arguments, {digest})]
    unsent = [one for one in naming if one.command.n > link.sent_n]
    if unsent:
        _hold(connection, organization_id, link, unsent, why, now)
    attachment = None if naming else attachment_of(connection, organization_id, digest)
    if attachment is not None:
        let_go(connection, organization_id, digest)
        hold(connection, organization_id, _attaching(attachment), *why, now)


def _attaching(attachment: Attachment) -> Sent:
    """How its file came to it, under the digest for an id: nothing of it is to be done again but to send the file."""
    arguments = to_builtins(attachment)
    said = {name: arguments[name] for name in ("item_id", "name", "digest", "size")}
    return Sent(
        n=0, id=attachment.digest, gesture=attachment.digest, op=ATTACHES, arguments=said,
        at=attachment.created_at, undoable=False, base=0,
    )  # fmt: skip


def _within(sizes: list[tuple[Waiting, int]], most: int) -> Iterator[Sent]:
    """The first ones that weigh so much together, and one at least."""
    total = 0
    for one, size in sizes:
        if total and total + size > most:
            return
        total += size
        yield one.command


def _hold(
    connection: Connection, organization_id: str, link: Link, those: list[Waiting],
    why: tuple[str, str], now: int,
) -> None:  # fmt: skip
    """They were never sent: those behind them close up. Undo and redo pass them by, as all that the server refuses."""
    rest = [one for one in waiting(connection, organization_id) if one.command.n > link.sent_n]
    ids = {one.command.id for one in those}
    left = [one for one in rest if one.command.id not in ids]
    first = rest[0].command.n
    renumber_behind(connection, organization_id, first, left, [])
    write_link(connection, organization_id, last_n=first + len(left) - 1)
    for one in those:
        hold(connection, organization_id, one.command, *why, now)
        forget_deed(connection, organization_id, one.command.id)


def _free_first(
    connection: Connection,
    organization_id: str,
    link: Link,
    found: list[Waiting],
    missing: set[str],
) -> list[Waiting]:
    """Those that can go. Of what was never sent the others are moved behind them, and get later numbers."""
    sent = [one for one in found if one.command.n <= link.sent_n]
    rest = [one for one in found if one.command.n > link.sent_n]
    free, blocked = _parted(connection, organization_id, rest, missing)
    if free and blocked and free[-1].command.n > blocked[0].command.n:
        first = rest[0].command.n
        free, blocked = renumber_behind(connection, organization_id, first, free, blocked)
    return [*sent, *free]


def _parted(
    connection: Connection, organization_id: str, rest: list[Waiting], missing: set[str]
) -> tuple[list[Waiting], list[Waiting]]:
    """A command waits that names a missing file, or what such a command makes, or that belongs to its gesture or
    takes it back, or copies what it has to do with."""
    free: list[Waiting] = []
    blocked: list[Waiting] = []
    words: set[str] = set()
    about: set[str] = set()
    for one in rest:
        sent = one.command
        said = set(_strings(sent.arguments))
        copied = _copied(connection, organization_id, sent)
        needs = sent.gesture in words or not words.isdisjoint(said) or not about.isdisjoint(copied)
        if not needs and not named_in(sent.arguments, missing):
            free.append(one)
            continue
        blocked.append(one)
        made = made_by(connection, organization_id, sent.id)
        words |= {sent.gesture, *_attachments(sent), *made.ids}
        about |= {*said, *made.ids, *made.within}
    return free, blocked


def _copied(connection: Connection, organization_id: str, sent: Sent) -> set[str]:
    """What a command copies: items, a board, or a group, which counts as its board."""
    if not COPIES & sent.arguments.keys():
        return set()
    named = set(_strings([sent.arguments.get(name) for name in COPIED]))
    return named | boards_of_groups(connection, organization_id, named)


def _attachments(sent: Sent) -> set[str]:
    """Ids of the attachments that a command makes, one or many, also where it has no effect here."""
    listed = sent.arguments.get("attachments")
    many = listed if isinstance(listed, list) else []
    ids = {one.get("id") for one in many if isinstance(one, dict)}
    return {id for id in (*ids, sent.arguments.get("attachment_id")) if isinstance(id, str) and id}


def _strings(value: JSON) -> Iterator[str]:
    """All there are, wherever, and the names of fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
