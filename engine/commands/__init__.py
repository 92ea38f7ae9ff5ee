"""All commands: importing this package registers every handler."""

from engine.commands import (
    attachments,
    audit,
    backups,
    boards,
    closing,
    columns,
    comments,
    consents,
    deletion,
    exports,
    groups,
    history,
    holds,
    importing,
    items,
    members,
    policy,
    privacy,
    requests,
    restriction,
    system,
    trash,
    views,
)
from engine.commands.registry import HANDLERS

MODULES = (
    attachments, audit, backups, boards, closing, columns, comments, consents, deletion, exports, groups, history, holds,
    importing, items, members, policy, privacy, requests, restriction, system, trash, views,
)  # fmt: skip
ALL_COMMANDS = tuple(HANDLERS)
