"""Passwords: what is acceptable, and what is kept of them."""

import re

import pytest

from engine.errors import Invalid
from engine.identity.passwords import check_new, hashed, is_weak, matches

PEPPER = b"p" * 32


@pytest.mark.real_cost
async def test_a_hash_is_bcrypt_at_cost_12_as_the_policy_says() -> None:
    stored = await hashed("correct horse battery", PEPPER)
    assert re.fullmatch(r"\$2b\$12\$[./A-Za-z0-9]{53}", stored)
    assert await matches("correct horse battery", stored, PEPPER)
    assert not is_weak(stored)


async def test_another_password_or_another_key_of_the_store_does_not_match() -> None:
    stored = await hashed("correct horse battery", PEPPER)
    assert not await matches("correct horse batterz", stored, PEPPER)
    assert not await matches("correct horse battery", stored, b"q" * 32)


async def test_nothing_is_cut_at_72_bytes_and_emoji_and_nul_count() -> None:
    for beginning in ("🐎" * 30, "a" * 100, "x\0y" * 30):
        stored = await hashed(beginning + "one", PEPPER)
        assert not await matches(beginning + "two", stored, PEPPER)
        assert await matches(beginning + "one", stored, PEPPER)


async def test_the_same_letters_composed_otherwise_are_the_same_password() -> None:
    stored = await hashed("crème brûlée", PEPPER)
    assert await matches("cre\u0300me bru\u0302le\u0301e", stored, PEPPER)


@pytest.mark.parametrize("stored", ["$2b$31$" + "." * 53, "$2b$04$", "x", "$2b$04$" + "é" * 53])
async def test_a_hash_that_we_did_not_make_matches_nothing_and_costs_no_more(stored: str) -> None:
    """At a cost of 31 it would be checked for days."""
    assert not await matches("correct horse battery", stored, PEPPER)


async def test_where_there_is_no_account_a_hash_is_checked_all_the_same() -> None:
    assert not await matches("nobody", "", PEPPER)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "8 is the least"),
        ("x" * 1_025, "1024 bytes"),
        ("password1", "most common"),
        ("PASSWORD1", "most common"),
        ("aaaaaaaaaa", "most common"),
        ("ada.lovelace", "your name or address"),
        ("Ada.Lovelace@example.org", "your name or address"),
    ],
)
def test_a_password_that_is_refused_says_why(password: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        check_new(password, "Ada", "ada.lovelace@example.org")


def test_a_few_words_do_well() -> None:
    check_new("correct horse battery", "Ada", "ada@example.org")
    check_new("пароль из слов", "Ada")
