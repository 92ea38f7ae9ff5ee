"""The README of a personal export: in plain words what is in it, why it was held, and whom to ask."""

from collections.abc import Iterator
from textwrap import wrap

from engine.clock import as_datetime
from engine.privacy.policy import CONTACTS
from engine.privacy.retention import kept_table
from engine.queries.privacy import ACCOUNT_AT, Held

HOW: str = """\
How to read it
  json/*.ndjson      one record a line, for programs; times are UTC
  csv/*.csv          the same records for spreadsheets. A ' before = + - @ keeps a
                     spreadsheet from running the cell; it is not part of your text
  attachments/       your files, each named by its SHA-256; csv/attachments.csv has
                     their names
  schema/            what the fields of each kind are (JSON Schema)
  manifest.json      every file with size and SHA-256, and what was left out and why.
                     Check it with: conneqtos privacy check FILE
Ids stand for records and for other people."""


def readme(name: str, organization: str, held: list[Held], at: int, server: str = "") -> str:
    """`server` is where a linked workspace lives."""
    day = as_datetime(at).date().isoformat()
    head = f"The personal data of {name} in “{organization}”, as of {day}\n"
    elsewhere = [*wrap(ACCOUNT_AT.format(server=server), 80), ""] if server else []
    kinds = _kinds(held, server)
    return "\n".join([head, *elsewhere, *kinds, *_kept(), HOW, "", *_contacts()]) + "\n"


def _kinds(held: list[Held], server: str) -> Iterator[str]:
    where = f"at {server}" if server else "once you link to a server"
    for one in held:
        if not one.holdings:
            continue
        yield f"{one.category.title}: {one.category.what}"
        for holding in one.holdings:
            yield f"  {holding.counted(server):>9}  {holding.title} ({holding.kind})"
        for purpose in one.purposes:
            yield f"  Why: {purpose.title} ({purpose.basis})"
        yield f"  Kept: {one.category.kept}"
        others = ", ".join(f"{other.name} ({other.purpose})" for other in one.subprocessors)
        yield f"  Others who process it, {where}: {others}"
        yield ""


def _kept() -> Iterator[str]:
    yield "How long things are kept"
    for title, kept in kept_table():
        yield f"  {title}: {kept}"
    yield ""


def _contacts() -> Iterator[str]:
    yield "Whom to write to"
    for title, address in CONTACTS.items():
        yield f"  {title}: {address}"
