"""All queries: importing this package registers every answer."""

from engine.queries import board_contents, board_view, history, home, item_detail, privacy, trash
from engine.queries.registry import ANSWERS

MODULES = (board_contents, board_view, history, home, item_detail, privacy, trash)
ALL_QUERIES = tuple(ANSWERS)
