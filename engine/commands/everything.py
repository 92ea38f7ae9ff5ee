"""All commands: importing this module registers every handler. The package itself is empty, so that a start loads only
what it needs."""

from importlib import import_module
from pkgutil import iter_modules

import engine.commands
from engine.commands.registry import HANDLERS

for _module in iter_modules(engine.commands.__path__, f"{engine.commands.__name__}."):
    import_module(_module.name)

ALL_COMMANDS = tuple(HANDLERS)
