"""The privacy policy in the app: version, date, clauses, announcements, and your records behind a sentence."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.privacy import versions
from engine.privacy.versions import Version
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, workspace

__all__ = ["still"]

START = date(2026, 5, 28)
VERSIONS = (
    Version(number="1", published=START - timedelta(days=400), effective=START - timedelta(days=400),
            material=False, changes="The first version."),
    Version(number="2", published=START, effective=START + timedelta(days=30), material=True,
            changes="Mail is sent by another company."),
)  # fmt: skip


@pytest.fixture
def studio(still: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(versions, "VERSIONS", VERSIONS)
    monkeypatch.setattr("engine.commands.policy.VERSIONS", VERSIONS)
    return workspace(still)


def keys() -> tuple[str, ...]:
    """Privacy policy is the eighth right of somebody who is alone in the workspace."""
    return ("P", "g", "g", *"jjjjjjj", "enter")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_policy(studio: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after(*keys()))


async def test_a_change_is_told_at_the_start_until_it_was_read(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        assert "Another privacy policy holds from 27 Jun" in drawn(pilot)
        await pressed(pilot, *keys())
        assert "From 27 Jun version 2 holds: Mail is sent by another company." in drawn(pilot)
        assert "last updated 2025-04-23" in drawn(pilot)
        await pressed(pilot, "g", "g", "enter")
    async with running(app_on(studio)) as pilot:
        assert "Another privacy policy" not in drawn(pilot)


async def test_a_sentence_leads_to_your_records(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, *keys())
        await pressed(pilot, "/", *"correction", "enter", "enter")
        assert "Your profile" in drawn(pilot) and "1 record" in drawn(pilot)
        await pressed(pilot, "escape", "escape", "/", *"tracking", "enter", "enter")
        assert "Nothing is stored about you for this sentence." in drawn(pilot)
