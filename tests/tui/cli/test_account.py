"""Accounts, members and API keys from the command line, as processes: two people and a script on one workspace."""

import re
import zipfile
from pathlib import Path

import pyotp
import pytest

from tests.tui.cli.conftest import Ran, Run

PASSWORD = "correct horse battery\n"
SIGN_UP = ("account", "sign-up", "--name", "Ada", "--over-16", "--accept-policy", "1", "--email")


def codes(workspace: Path, kind: str) -> list[str]:
    """The codes in the mails that were handed over, the oldest first."""
    mails = sorted((workspace / "mail").glob("*.eml"))
    found = []
    for mail in mails:
        text = mail.read_text().replace("=\n", "").replace("=5F", "_").replace("=3D", "=")
        found += re.findall(rf"{kind}_\w{{26}}_[\w-]{{43}}", text)[:1]
    return found


@pytest.fixture
def ada(program: Run, workspace: Path) -> str:
    """The token of somebody who signed up and confirmed her address."""
    assert program(*SIGN_UP, "ada@example.org", stdin=PASSWORD).status == 0
    assert program("account", "confirm", codes(workspace, "cqm")[-1]).status == 0
    signed_in = program("account", "sign-in", "ada@example.org", stdin=PASSWORD)
    assert signed_in.status == 0, signed_in.err
    return signed_in.out.strip()


def refused(ran: Ran, status: int, *words: str) -> bool:
    return ran.status == status and all(word in ran.err for word in words) and not ran.out


def test_an_account_is_made_confirmed_used_and_signed_out(program: Run, ada: str) -> None:
    shown = program("account", "show", "--json", CONNEQTOS_TOKEN=ada)
    account = shown.data[0]
    assert (account["name"], account["email"]) == ("Ada", "ada@example.org")
    assert [one["id"] for one in account["devices"]] == [account["this_device"]]
    assert "ada@example.org" in program("account", "show", CONNEQTOS_TOKEN=ada).out
    assert program("account", "sign-out", CONNEQTOS_TOKEN=ada).status == 0
    assert refused(program("account", "show", CONNEQTOS_TOKEN=ada), 18, "Sign in again")


def test_what_is_wrong_is_said_in_a_sentence_and_by_the_status(program: Run, ada: str) -> None:
    young = (
        "account",
        "sign-up",
        "--name",
        "Bob",
        "--accept-policy",
        "1",
        "--email",
        "b@example.org",
    )
    assert refused(program(*young, stdin=PASSWORD), 5, "under 16", "Nothing")
    weak = program(*SIGN_UP, "c@example.org", stdin="password1\n")
    assert refused(weak, 5, "most common")
    assert refused(program(*SIGN_UP, "c@example.org"), 2, "Password", "stdin")
    wrong = program("account", "sign-in", "ada@example.org", stdin="wrong password\n")
    unknown = program("account", "sign-in", "nobody@example.org", stdin="wrong password\n")
    assert refused(wrong, 18, "wrong") and (wrong.err, wrong.status) == (
        unknown.err,
        unknown.status,
    )
    assert refused(program("account", "show"), 18, "CONNEQTOS_TOKEN")
    assert refused(program("account", "confirm", "nonsense"), 6, "not valid")


def test_guessing_ends_with_how_long_to_wait(program: Run, ada: str) -> None:
    tries = [program("account", "sign-in", "ada@example.org", stdin="no\n") for _ in range(5)]
    assert tries[-1].status == 9 and "Wait" in tries[-1].err


def test_a_password_is_changed_and_set_anew_by_mail(
    program: Run, workspace: Path, ada: str
) -> None:
    changed = program(
        "account", "password", stdin=f"{PASSWORD}some other words\n", CONNEQTOS_TOKEN=ada
    )
    assert changed.status == 0, changed.err
    assert program("account", "forgotten", "ada@example.org").status == 0
    code = codes(workspace, "cqm")[-1]
    assert program("account", "reset", code, stdin="and yet other words\n").status == 0
    assert refused(program("account", "show", CONNEQTOS_TOKEN=ada), 18)
    signed_in = program("account", "sign-in", "ada@example.org", stdin="and yet other words\n")
    assert signed_in.out.startswith("cqs_")


def test_a_second_factor_from_setup_to_end(program: Run, ada: str) -> None:
    prepared = program("account", "two-factor", "prepare", stdin=PASSWORD, CONNEQTOS_TOKEN=ada)
    secret = re.findall(r"secret=([A-Z2-7]+)", prepared.out)[0]
    totp = pyotp.TOTP(secret)
    started = program("account", "two-factor", "start", "--code", totp.now(), CONNEQTOS_TOKEN=ada)
    assert len(started.lines) == 10
    bare = program("account", "sign-in", "ada@example.org", stdin=PASSWORD)
    assert refused(bare, 19, "authenticator")
    recovery = started.lines[0]
    again = program("account", "sign-in", "ada@example.org", "--code", recovery, stdin=PASSWORD)
    assert again.status == 0
    ended = program(
        "account", "two-factor", "end", "--code", started.lines[1], stdin=PASSWORD, CONNEQTOS_TOKEN=ada
    )  # fmt: skip
    assert ended.status == 0, ended.err


def test_who_is_invited_works_in_the_workspace_as_what_they_were_invited_as(
    program: Run, workspace: Path, ada: str
) -> None:
    invited = program("member", "invite", "ada@example.org", "--role", "viewer")
    assert codes(workspace, "cqi") == [invited.out.strip()]
    assert refused(program("board", "list", CONNEQTOS_TOKEN=ada), 3, "no such organization")
    assert program("account", "accept", invited.out.strip(), CONNEQTOS_TOKEN=ada).status == 0
    assert program("board", "list", CONNEQTOS_TOKEN=ada).out
    add = ("item", "add", "--board", "Launch", "By Ada")
    assert refused(program(*add, CONNEQTOS_TOKEN=ada), 4, "viewer")
    assert program("member", "role", "Ada", "member").status == 0
    assert program(*add, CONNEQTOS_TOKEN=ada).status == 0
    members = {one["name"]: one["role"] for one in program("member", "list", "--json").data}
    assert members["Ada"] == "member"
    assert program("member", "remove", "Ada").status == 0
    assert refused(program("board", "list", CONNEQTOS_TOKEN=ada), 3, "no such organization")


def test_an_invitation_is_revoked(program: Run, workspace: Path, ada: str) -> None:
    code = program("member", "invite", "ada@example.org").out.strip()
    assert "invited until" in program("member", "list").out
    assert program("member", "revoke", "ada@example.org").status == 0
    assert refused(program("account", "accept", code, CONNEQTOS_TOKEN=ada), 6, "not valid")
    assert refused(program("member", "revoke", "ada@example.org"), 3, "No invitation")


def test_a_script_works_by_a_key_no_further_than_its_scope(program: Run, workspace: Path) -> None:
    key = program("key", "make", "nightly", "--scope", "read", "--days", "30").out.strip()
    assert key.startswith("cq_live_")
    assert program("board", "list", CONNEQTOS_TOKEN=key).status == 0
    write = program("board", "create", "Mine", CONNEQTOS_TOKEN=key)
    assert refused(write, 4, "read only")
    prefix = key.split("_")[2]
    listed = program("key", "list", "--json").data
    assert [(one["name"], one["prefix"]) for one in listed] == [("nightly", prefix)]
    assert key.split("_")[3] not in program("key", "list").out
    assert program("key", "revoke", prefix).status == 0
    assert refused(program("board", "list", CONNEQTOS_TOKEN=key), 18, "not valid")
    assert refused(program("key", "revoke", "nothing"), 3, "key list")


def test_a_name_is_changed_in_every_organization(program: Run, ada: str) -> None:
    code = program("member", "invite", "ada@example.org").out.strip()
    program("account", "accept", code, CONNEQTOS_TOKEN=ada)
    assert refused(program("account", "edit", CONNEQTOS_TOKEN=ada), 2, "--name")
    assert program("account", "edit", "--name", "Countess", CONNEQTOS_TOKEN=ada).status == 0
    assert "Countess" in program("member", "list").out
    assert "Countess" in program("account", "show", CONNEQTOS_TOKEN=ada).out


def test_what_the_account_holds_is_exported_without_a_secret(
    program: Run, ada: str, tmp_path: Path
) -> None:
    target = tmp_path / "account.zip"
    ran = program("account", "export", "-o", str(target), CONNEQTOS_TOKEN=ada)
    assert ran.status == 0, ran.err
    assert program("privacy", "check", str(target)).status == 0
    with zipfile.ZipFile(target) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        sessions = archive.read("json/sessions.ndjson")
    assert b"ada@example.org" in whole and b"conneqtos on" in sessions
    assert b"$2b$" not in whole and b"token_hash" not in sessions and ada.encode() not in whole


def test_an_export_by_token_is_limited(program: Run, workspace: Path, tmp_path: Path) -> None:
    key = program("key", "make", "exporter", "--scope", "write").out.strip()
    ran = [
        program("privacy", "export", "-o", str(tmp_path / f"{n}.zip"), CONNEQTOS_TOKEN=key)
        for n in range(4)
    ]
    assert [one.status for one in ran] == [0, 0, 0, 9] and "Wait" in ran[-1].err


def test_an_account_is_deleted_and_kept(program: Run, ada: str) -> None:
    wrong = program("account", "delete", stdin="not it at all\n", CONNEQTOS_TOKEN=ada)
    assert refused(wrong, 18, "not your password")
    asked = program("account", "delete", stdin=PASSWORD, CONNEQTOS_TOKEN=ada)
    assert asked.status == 0 and "account keep" in asked.out
    assert "Will be deleted" in program("account", "show", CONNEQTOS_TOKEN=ada).out
    assert program("account", "keep", CONNEQTOS_TOKEN=ada).status == 0
    assert "Will be deleted" not in program("account", "show", CONNEQTOS_TOKEN=ada).out
