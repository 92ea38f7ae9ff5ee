"""All queries: importing this module registers every answer. The package itself is empty, so that a start loads only
what it needs."""

from engine.queries.registry import ANSWERS

ALL_QUERIES = tuple(ANSWERS)
