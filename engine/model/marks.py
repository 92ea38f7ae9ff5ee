"""Marks on fields that say whose data they hold; export, erasure and the privacy dashboard read them."""

from typing import Final


class Mark(str):
    """A mark stands in `Annotated[type, MARK]`; msgspec passes over it."""


PERSONAL: Final = Mark("personal")  # says something about a person
SUBJECT: Final = Mark("subject")  # the id of the person the record is about, or who wrote it
SECRET: Final = Mark("secret")  # never exported, logged or shown
