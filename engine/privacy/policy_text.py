"""The privacy policy as people read it, made from the tables that the software goes by, so that the two cannot
differ. Each sentence names its clauses (C01–C48) and, where there are any, the records behind it."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from engine.model.rights import GRACE_DAYS
from engine.privacy.inventory import KINDS
from engine.privacy.policy import (
    CATEGORIES,
    CONTACTS,
    OPERATOR,
    PURPOSES,
    SUBPROCESSORS,
    authority,
)
from engine.privacy.requests import ANSWER_DAYS
from engine.privacy.retention import kept_table


class Sentence(Struct, frozen=True, kw_only=True):
    """`clauses` as in the policy's own test list; `kinds` are keys of engine.privacy.inventory."""

    text: str
    clauses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Section(Struct, frozen=True, kw_only=True):
    title: str
    sentences: tuple[Sentence, ...]


def sections(country: str) -> tuple[Section, ...]:
    """The whole text; `country` (two letters) decides which authority is named."""
    return tuple(
        Section(title=title, sentences=tuple(made))
        for title, made in (
            ("Who is responsible", _who()),
            ("What is kept", _kept()),
            ("Why", _why()),
            ("Who else processes it", _others()),
            ("How long", _long()),
            ("Your rights", _rights(country)),
            ("How it is protected", _protected()),
            ("Cookies, children, changes", _rest()),
        )
    )


def _say(text: str, *clauses: str, kinds: tuple[str, ...] = ()) -> Sentence:
    return Sentence(text=text, clauses=clauses, kinds=kinds)


def _who() -> Iterator[Sentence]:
    yield _say(
        f"ConneqtOS is operated by {OPERATOR}. In a local workspace all data lies on your own device, and "
        f"{OPERATOR} holds nothing of it.", "C01",
    )  # fmt: skip
    for category in CATEGORIES.values():
        yield _say(f"{category.title}: {category.decides} decides.", "C01")
    for what, address in CONTACTS.items():
        yield _say(f"{what}: {address}", "C02")


def _kept() -> Iterator[Sentence]:
    for key, category in CATEGORIES.items():
        kinds = tuple(kind.name for kind in KINDS.values() if kind.category == key)
        yield _say(f"{category.title}: {category.what}.", *_CLAUSES[key], kinds=kinds)


_CLAUSES: Final = {
    "account": ("C03", "C04", "C05", "C06"),
    "content": ("C07", "C08"),
    "technical": ("C09", "C10", "C11"),
    "billing": ("C12", "C13"),
}


def _why() -> Iterator[Sentence]:
    for purpose in PURPOSES:
        yield _say(f"{purpose.title}: {purpose.basis}.", "C14", "C15", "C16", "C17", "C18")


def _others() -> Iterator[Sentence]:
    yield _say("A local workspace is processed by nobody else.", "C19")
    for other in SUBPROCESSORS:
        yield _say(
            f"{other.name}: {other.purpose}; {other.region}; {other.safeguard}.",
            "C19",
            "C20",
            "C21",
        )


def _long() -> Iterator[Sentence]:
    for title, kept in kept_table():
        yield _say(f"{title}: {kept}.", "C22", "C23", "C24", "C25", "C26", "C40")


def _rights(country: str) -> Iterator[Sentence]:
    yield _say(
        "Access and portability: Privacy & Data → Export my data, as JSON and CSV.", "C27", "C31"
    )
    yield _say("Correction: in the settings, or ask for it.", "C28", kinds=("profile",))
    yield _say(
        f"Erasure: Privacy & Data → Delete my account, {GRACE_DAYS} days to think again.",
        "C29",
        "C48",
    )
    yield _say("Restriction and objection: Privacy & Data.", "C30", "C32")
    yield _say("Consent is withdrawn as it was given: by one key.", "C33", kinds=("consents",))
    yield _say(f"Complaint: {authority(country)}", "C34")
    yield _say(f"Requests are answered within {ANSWER_DAYS} days.", "C35", kinds=("requests",))


def _protected() -> Iterator[Sentence]:
    yield _say(
        "The workspace, its attachments and its backups are encrypted on the disk.", "C37", "C40"
    )
    yield _say("Organizations are kept apart wherever data is read or written.", "C39")
    yield _say(
        "Sensitive actions are in an audit trail that shows any change to it.",
        "C11",
        kinds=("audit",),
    )


def _rest() -> Iterator[Sentence]:
    yield _say("The app sets no cookie; there is no tracking.", "C43", "C44")
    yield _say("It is not for people under 16; report an account of one under Requests.", "C45")
    yield _say(
        "A material change of this policy is announced here 30 days before it takes effect.",
        "C46",
        "C47",
    )
