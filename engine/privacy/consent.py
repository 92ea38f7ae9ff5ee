"""What people can consent to. Nothing is given before they say so themselves (Art. 7; C18)."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from engine.model.rights import Consent


class Consentable(Struct, frozen=True, kw_only=True):
    """`version` is that of the words in `what`: other words need another consent."""

    title: str
    what: str
    version: str


CONSENTS: Final[dict[str, Consentable]] = {
    "marketing": Consentable(
        title="Marketing mail", version="1",
        what="News of the product by mail, now and then. Nothing else of the product depends on it.",
    ),
}  # fmt: skip


def current(acts: Iterable[Consent]) -> dict[str, Consent]:
    """By purpose the act that counts: the newest one."""
    return {act.purpose: act for act in sorted(acts, key=lambda act: (act.at, act.id))}


def is_given(acts: Iterable[Consent], purpose: str) -> bool:
    """Whether there is consent to the words of today; withdrawn, older or missing is none."""
    act = current(acts).get(purpose)
    return act is not None and act.given and act.version == CONSENTS[purpose].version
