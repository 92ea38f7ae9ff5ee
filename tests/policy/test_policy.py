"""The policy itself: its text comes from the tables that the software goes by, its changes are announced (C01, C02,
C14, C19, C46, C47)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.api import Acting
from engine.commands.policy import AcknowledgePolicy
from engine.errors import Invalid, NotFound
from engine.privacy import versions
from engine.privacy.inventory import KINDS
from engine.privacy.policy import CATEGORIES, CONTACTS, PURPOSES, SUBPROCESSORS
from engine.privacy.policy_text import sections
from engine.privacy.retention import RULES, kept_table
from engine.privacy.versions import VERSIONS, Version, checked
from engine.queries.audit import AuditChain
from engine.queries.policy import Policy
from tests.engine.members import colleague
from tests.policy.conftest import later

START = date(2026, 5, 28)  # the day on which the engine's clock of the tests begins


def version(number: str, published: date, days: int, *, material: bool = True) -> Version:
    return Version(
        number=number, published=published, effective=published + timedelta(days=days),
        material=material, changes="Another subprocessor.",
    )  # fmt: skip


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Version]:
    """A material change, announced on the first day of the tests' clock."""
    first = version("1", START - timedelta(days=400), 0, material=False)
    second = version("2", START, 30)
    both = checked((first, second))
    monkeypatch.setattr(versions, "VERSIONS", both)
    monkeypatch.setattr("engine.commands.policy.VERSIONS", both)
    yield second


def whole_text() -> str:
    return "\n".join(one.text for section in sections("GB") for one in section.sentences)


def test_c47_every_version_that_is_published_has_its_dates_and_its_notice() -> None:
    assert checked(VERSIONS) == VERSIONS
    assert all(one.published and one.effective and one.changes for one in VERSIONS)


@pytest.mark.parametrize("days", [0, 1, 29])
def test_c46_a_material_change_with_less_than_thirty_days_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match="30 days after it is published"):
        checked((*VERSIONS, version("2", VERSIONS[-1].published + timedelta(days=1), days)))


def test_c46_versions_come_one_after_the_other() -> None:
    with pytest.raises(Invalid, match="not newer"):
        checked((*VERSIONS, version("2", VERSIONS[-1].published, 40)))


def test_c46_what_is_not_material_may_hold_at_once() -> None:
    later_on = VERSIONS[-1].published + timedelta(days=1)
    assert checked((*VERSIONS, version("2", later_on, 0, material=False)))


async def test_c46_a_change_is_announced_until_it_holds_and_everybody_sees_it(
    acting: Acting, two_versions: Version
) -> None:
    theirs = await colleague(acting)
    for person in (acting, theirs):
        now = await person.query(Policy())
        assert (now.version.number, now.coming, now.coming_read) == ("1", two_versions, False)
    later(acting, 29)
    assert (await acting.query(Policy())).version.number == "1"
    later(acting, 1.5)
    now = await acting.query(Policy())
    assert (now.version.number, now.coming) == ("2", None)


async def test_c46_whoever_has_read_it_is_told_no_more_and_it_is_on_record(
    acting: Acting, two_versions: Version
) -> None:
    theirs = await colleague(acting)
    await acting.execute(AcknowledgePolicy(version="2", source="app"))
    await acting.execute(AcknowledgePolicy(version="2", source="app"))
    assert (await acting.query(Policy())).coming_read
    assert not (await theirs.query(Policy())).coming_read
    told = [entry.name for entry in await acting.query(AuditChain())]
    assert told.count("policy.acknowledged") == 2
    with pytest.raises(NotFound):
        await acting.execute(AcknowledgePolicy(version="99"))


def test_c01_c14_c19_the_text_holds_every_row_of_every_table() -> None:
    text = whole_text()
    titles = [row.title for row in CATEGORIES.values()] + [row.title for row in PURPOSES]
    assert all(title in text for title in titles)
    for other in SUBPROCESSORS:
        assert other.name in text and other.purpose in text and other.safeguard in text
    for rule in RULES.values():
        assert f"{rule.title}: {rule.kept}." in text
    assert {other.name for other in SUBPROCESSORS} == {"Railway", "Stripe", "Resend", "Cloudflare"}


def test_c02_all_three_contacts_are_in_the_text() -> None:
    assert set(CONTACTS) == {"Privacy", "Data Protection Officer", "Security"}
    assert all(address in whole_text() for address in CONTACTS.values())


def test_c14_every_purpose_has_a_basis_and_categories_that_exist() -> None:
    for purpose in PURPOSES:
        assert "Art. 6(1)" in purpose.basis
        assert purpose.categories and set(purpose.categories) <= set(CATEGORIES)


def test_every_sentence_names_clauses_and_records_that_exist() -> None:
    clauses = set()
    for section in sections(""):
        for sentence in section.sentences:
            assert sentence.clauses
            assert set(sentence.kinds) <= set(KINDS)
            clauses |= set(sentence.clauses)
    assert clauses <= {f"C{number:02}" for number in range(1, 49)}


def test_docs_privacy_names_every_clause_and_only_tests_that_are_there() -> None:
    root = Path(__file__).parents[2]
    lines = (root / "docs" / "privacy.md").read_text().splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| C")]
    assert [row[1].strip() for row in rows] == [f"C{number:02}" for number in range(1, 49)]
    for row in rows:
        for word in row[3].replace("`", "").split(", "):
            name = word.strip()
            assert not name.startswith("tests/") or (root / name).exists(), name


def test_c19_a_change_of_the_subprocessors_needs_a_version_that_announces_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newest = [one for one in VERSIONS if one.subprocessors][-1]
    assert newest.subprocessors == versions.subprocessors_digest(), (
        "the list has changed: write a new, material version with this digest"
    )
    monkeypatch.setattr(versions, "SUBPROCESSORS", SUBPROCESSORS[:-1])
    assert versions.subprocessors_digest() != newest.subprocessors


def test_c22_to_c26_one_table_says_how_long_everything_is_kept() -> None:
    table = dict(kept_table())
    assert table["Billing"] == "7 years" and table["Entries of the audit trail"] == "2 years"
    assert table["Invitations"] == "7 days" and table["Backups"].startswith("30 days")
    assert table["What was put in the trash"] == "30 days"
    assert table["Requests and messages to support, after their answer"] == "2 years"
    assert "30 days in backups" in table["Account"]
