"""What a person is called before they have said their name."""

import getpass

import pytest

from engine.identity.login import is_placeholder, login_name


def test_the_login_and_you_are_no_names_to_show_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    assert login_name() == "ada"
    assert is_placeholder("ada") and is_placeholder("You")
    assert not is_placeholder("Ada Lovelace")


def test_where_the_operating_system_knows_no_name_it_is_you(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert login_name() == "You"
