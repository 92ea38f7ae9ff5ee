"""The mark of sync: however a workspace and its server stand, there are words and a style for it."""

import pytest

from sync.client.mark import Mark, Standing
from tui.sync_mark import STYLES, spoken_mark


@pytest.mark.parametrize("standing", Standing)
def test_each_standing_has_words_and_a_style(standing: Standing) -> None:
    words = spoken_mark(Mark(standing=standing, since=1))
    assert words.plain.strip() and words.style == STYLES[standing.value]
