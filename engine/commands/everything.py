"""All commands: importing this module registers every handler. The package itself is empty, so that a start loads only
what it needs."""

from engine.commands import (
    account_deletion,
    accounts,
    api_keys,
    attachments,
    audit,
    backups,
    boards,
    closing,
    columns,
    comments,
    conflicts,
    consents,
    deletion,
    devices,
    disclosures,
    exports,
    groups,
    history,
    holds,
    importing,
    invitations,
    items,
    limits,
    mails,
    members,
    membership,
    policy,
    privacy,
    relocation,
    requests,
    restriction,
    sessions,
    system,
    trash,
    two_factor,
    views,
    webhooks,
)
from engine.commands.registry import HANDLERS

MODULES = (
    account_deletion, accounts, api_keys, attachments, audit, backups, boards, closing, columns, comments,
    conflicts, consents, deletion, devices, disclosures, exports, groups, history, holds, importing, invitations,
    items, limits, mails, members, membership, policy, privacy, relocation, requests, restriction, sessions, system, trash,
    two_factor, views, webhooks,
)  # fmt: skip
ALL_COMMANDS = tuple(HANDLERS)
