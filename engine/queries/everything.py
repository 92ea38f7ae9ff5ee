"""All queries: importing this module registers every answer. The package itself is empty, so that a start loads only
what it needs."""

from engine.queries import (
    accounts,
    audit,
    board_contents,
    board_view,
    conflicts,
    files,
    history,
    home,
    item_detail,
    members,
    policy,
    privacy,
    retention,
    rights,
    trash,
    webhooks,
)
from engine.queries.registry import ANSWERS

MODULES = (
    accounts, audit, board_contents, board_view, conflicts, files, history, home, item_detail, members, policy, privacy,
    retention, rights, trash, webhooks,
)  # fmt: skip
ALL_QUERIES = tuple(ANSWERS)
