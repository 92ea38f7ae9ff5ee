"""The table of audit names and the registry of commands agree: no name without a use, no command without either."""

from engine.commands.everything import ALL_COMMANDS
from engine.commands.registry import HANDLERS
from engine.model.audit import AUDIT_NAMES

BESIDE_THE_REGISTRY = {"organization.created", "command.refused"}
"""Written by `Engine.create_organization`, before there is anybody who could give a command, and where a device's
command was refused, whichever it was."""


def test_every_name_is_used() -> None:
    used = {handling.audit for handling in HANDLERS.values() if handling.audit}
    assert set(AUDIT_NAMES) - BESIDE_THE_REGISTRY == used


def test_every_command_has_a_role_and_a_name_or_a_reason_for_none() -> None:
    for command in ALL_COMMANDS:
        handling = HANDLERS[command]
        assert handling.role
        assert bool(handling.audit) != bool(handling.no_audit), command.OP


def test_what_cannot_be_taken_back_says_why() -> None:
    reasons = {handling.no_undo for handling in HANDLERS.values()} - {""}
    assert all(len(reason.split()) >= 4 for reason in reasons)
