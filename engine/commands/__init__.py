"""All commands: importing this package registers every handler."""

from engine.commands import (
    attachments,
    audit,
    boards,
    columns,
    comments,
    exports,
    groups,
    history,
    importing,
    items,
    members,
    privacy,
    system,
    trash,
    views,
)
from engine.commands.registry import HANDLERS

MODULES = (
    attachments, audit, boards, columns, comments, exports, groups, history, importing, items, members, privacy, system, trash, views,
)  # fmt: skip
ALL_COMMANDS = tuple(HANDLERS)
