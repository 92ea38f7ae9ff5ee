"""All queries: importing this package registers every answer."""

from engine.queries import (
    audit,
    board_contents,
    board_view,
    files,
    history,
    home,
    item_detail,
    policy,
    privacy,
    retention,
    rights,
    trash,
)
from engine.queries.registry import ANSWERS

MODULES = (
    audit,
    board_contents,
    board_view,
    files,
    history,
    home,
    item_detail,
    policy,
    privacy,
    retention,
    rights,
    trash,
)
ALL_QUERIES = tuple(ANSWERS)
