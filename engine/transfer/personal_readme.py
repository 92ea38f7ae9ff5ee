"""The README of a personal export: in plain words what is in it, why it was held, and whom to ask."""

from collections.abc import Iterator

from engine.clock import as_datetime
from engine.privacy.policy import CONTACTS
from engine.privacy.retention import kept_table
from engine.queries.privacy import Held

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


def readme(name: str, organization: str, held: list[Held], at: int) -> str:
    day = as_datetime(at).date().isoformat()
    head = f"The personal data of {name} in “{organization}”, as of {day}\n"
    return "\n".join([head, *_kinds(held), *_kept(), HOW, "", *_contacts()]) + "\n"


def _kinds(held: list[Held]) -> Iterator[str]:
    for one in held:
        if not one.holdings:
            continue
        yield f"{one.category.title}: {one.category.what}"
        for holding in one.holdings:
            yield f"  {holding.count:>9,}  {holding.title} ({holding.kind})"
        for purpose in one.purposes:
            yield f"  Why: {purpose.title} ({purpose.basis})"
        yield f"  Kept: {one.category.kept}"
        others = ", ".join(f"{other.name} ({other.purpose})" for other in one.subprocessors)
        yield f"  Others who process it, once you link to a server: {others}"
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
