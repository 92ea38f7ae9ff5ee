"""All queries: importing this module registers every answer. The package itself is empty, so that a start loads only
what it needs."""

from importlib import import_module
from pkgutil import iter_modules

import engine.queries
from engine.queries.registry import ANSWERS

for _module in iter_modules(engine.queries.__path__, f"{engine.queries.__name__}."):
    import_module(_module.name)

ALL_QUERIES = tuple(ANSWERS)
