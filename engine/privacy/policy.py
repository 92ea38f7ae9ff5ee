"""The facts of the privacy policy as tables: what is kept, why, how long, and who else processes it.

The dashboard, the export and the docs print these tables; the clauses (C01, C14, C19, …) are those of the
policy's own test list.
"""

from typing import Final

from msgspec import Struct


class Category(Struct, frozen=True, kw_only=True):
    """One kind of personal data as the policy names it. `decides` is who is responsible for it (C01)."""

    key: str
    title: str
    what: str
    decides: str
    kept: str


class Purpose(Struct, frozen=True, kw_only=True):
    """Why data of some categories is processed, and on which basis in law (C14)."""

    title: str
    categories: tuple[str, ...]
    basis: str


class Subprocessor(Struct, frozen=True, kw_only=True):
    """Who else processes personal data, once a workspace is linked to a server (C19)."""

    name: str
    purpose: str
    region: str
    safeguard: str
    categories: tuple[str, ...]


OPERATOR: Final = "LeadConneqt"
CUSTOMER: Final = "your organization"

CATEGORIES: Final[dict[str, Category]] = {
    category.key: category
    for category in (
        Category(
            key="account", title="Account", decides=OPERATOR,
            what="name, email, password, avatar colour, names of workspaces, settings, invitations",
            kept="until the account is deleted, then 30 days in backups",
        ),
        Category(
            key="content", title="Content", decides=CUSTOMER,
            what="boards, groups, items, values, comments, attachments",
            kept="until it is deleted, or the organization ends",
        ),
        Category(
            key="technical", title="Usage and technical", decides=OPERATOR,
            what="addresses, devices and times, in the audit trail",
            kept="2 years",
        ),
        Category(
            key="billing", title="Billing", decides=OPERATOR,
            what="customer number at Stripe, plan and state; never a card number",
            kept="7 years",
        ),
    )
}  # fmt: skip

PURPOSES: Final = (
    Purpose(title="To provide the service", categories=("account", "content"),
            basis="contract, Art. 6(1)(b)"),
    Purpose(title="Billing and invoices", categories=("billing", "account"),
            basis="contract, Art. 6(1)(b)"),
    Purpose(title="Mail about the account", categories=("account",),
            basis="contract, Art. 6(1)(b), and legitimate interest, Art. 6(1)(f)"),
    Purpose(title="Security, against fraud, rate limits", categories=("technical",),
            basis="legitimate interest, Art. 6(1)(f)"),
    Purpose(title="Duties in law", categories=("account", "billing", "technical"),
            basis="legal obligation, Art. 6(1)(c)"),
    Purpose(title="Marketing mail, only for those who ask for it", categories=("account",),
            basis="consent, Art. 6(1)(a)"),
)  # fmt: skip

_SCC: Final = "data processing agreement; Standard Contractual Clauses, shown on request"
_THEIRS: Final = "as their agreement says"
SUBPROCESSORS: Final = (
    Subprocessor(name="Railway", purpose="hosting and database", region="EU and US",
                 safeguard=_SCC, categories=("account", "content", "technical")),
    Subprocessor(name="Stripe", purpose="payments", region=_THEIRS,
                 safeguard=f"PCI DSS level 1; {_SCC}", categories=("billing",)),
    Subprocessor(name="Resend", purpose="mail about the account", region=_THEIRS,
                 safeguard=_SCC, categories=("account",)),
    Subprocessor(name="Cloudflare", purpose="protection against overload, TLS", region=_THEIRS,
                 safeguard=_SCC, categories=("technical",)),
)  # fmt: skip

CONTACTS: Final = {
    "Privacy": "privacy@leadconneqt.com",
    "Data Protection Officer": "dpo@leadconneqt.com",
    "Security": "security@leadconneqt.com",
}
"""Whom to write to (C02)."""


def purposes_of(category: str) -> tuple[Purpose, ...]:
    return tuple(purpose for purpose in PURPOSES if category in purpose.categories)


def subprocessors_of(category: str) -> tuple[Subprocessor, ...]:
    return tuple(one for one in SUBPROCESSORS if category in one.categories)


def authority(country: str) -> str:
    """Where to complain, by the two letters of a country (C34): the policy names the ICO for the UK; other
    people find theirs in the list of the European Data Protection Board."""
    if country.upper() in ("", "GB", "UK"):
        return "Information Commissioner’s Office (UK): https://ico.org.uk/make-a-complaint/"
    return "The authority of your country: https://edpb.europa.eu/about-edpb/about-edpb/members_en"
