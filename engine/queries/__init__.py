"""All queries: importing this package registers every answer."""

from engine.queries import (
    accounts,
    audit,
    board_contents,
    board_view,
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
)
from engine.queries.registry import ANSWERS

MODULES = (
    accounts,
    audit,
    board_contents,
    board_view,
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
)
ALL_QUERIES = tuple(ANSWERS)
