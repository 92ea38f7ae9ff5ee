"""Ids come in with commands and with whole organizations, made by devices and programs: which of them are ids at all."""

import re
from collections.abc import Iterable
from typing import Final

from engine.errors import Invalid
from engine.model.column import Column
from engine.model.organization import Preference
from engine.model.record import Record

ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z:._-]{0,199}")
COLUMN_ID: Final = re.compile(r"[0-9A-Za-z]{1,64}")
"""Also a step of a path in JSON."""


def check_ids(kind: type[Record], records: Iterable[Record]) -> None:
    """Raises Invalid for one under which nothing new may be kept."""
    if kind is Preference:
        return  # its id is made of its name
    pattern = COLUMN_ID if kind is Column else ID
    for record in records:
        if not pattern.fullmatch(record.id):
            raise Invalid(f"“{record.id[:40]}” is no id of ours: those are letters and digits.")
