"""The mark of sync: however a workspace and its server stand, there are words for it, and never only a colour."""

from datetime import datetime

import pytest

from sync.client.mark import Mark, Standing
from tui.sync_mark import spoken_mark

NOON = int(datetime.now().replace(hour=12, minute=5, second=0, microsecond=0).timestamp() * 1000)
WORDS = {
    Mark(standing=Standing.STARTING): "starting",
    Mark(standing=Standing.SYNCING): "syncing",
    Mark(standing=Standing.SYNCING, waiting=3): "3 waiting",
    Mark(standing=Standing.SYNCING, boards=(2, 7)): "reading boards 2/7",
    Mark(standing=Standing.SYNCING, files=2): "2 files to send",
    Mark(standing=Standing.SYNCING, files=1, bytes=(1, 4)): "sending a file 25 %",
    Mark(standing=Standing.SYNCING, taking=True, bytes=(34, 100)): "going to the server 34 %",
    Mark(standing=Standing.SYNCED): "synced",
    Mark(standing=Standing.SYNCED, conflicts=2): "synced, 2 to look at",
    Mark(standing=Standing.SYNCED, bytes=(1, 4)): "sending a file 25 %",
    Mark(standing=Standing.OFFLINE, since=NOON): "offline since 12:05",
    Mark(standing=Standing.OFFLINE, since=NOON, waiting=1_200): "offline since 12:05, 1,200 waiting",
    Mark(standing=Standing.NEEDS_YOU, held=2): "2 refused",
    Mark(standing=Standing.NEEDS_YOU): "sign in again",
    Mark(standing=Standing.NEEDS_YOU, taking=True): "not taken",
    Mark(standing=Standing.REMOVED): "removed",
}  # fmt: skip


@pytest.mark.parametrize(("mark", "words"), WORDS.items())
def test_each_standing_has_its_words(mark: Mark, words: str) -> None:
    assert spoken_mark(mark).plain.strip() == words


def test_no_standing_is_without_words() -> None:
    assert {mark.standing for mark in WORDS} == set(Standing)


@pytest.mark.parametrize("standing", [Standing.OFFLINE, Standing.NEEDS_YOU, Standing.REMOVED])
def test_what_is_wrong_stands_out_also_without_colour(standing: Standing) -> None:
    assert "bold" in str(spoken_mark(Mark(standing=standing, since=NOON)).style)
