"""Labels and text are legible in every theme: contrast by WCAG 2.1, and every colour has a look."""

import pytest
from textual.color import Color

from engine.model.board import COLORS
from tui.themes import DARK, LIGHT, TERMINAL, chip_style, text_style


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = [c / 255 for c in Color.parse(color).rgb]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("color", COLORS)
def test_labels_and_coloured_text_are_legible(theme, color) -> None:  # type: ignore[no-untyped-def]
    chip, text = chip_style(theme, color), text_style(theme, color)
    assert chip.color and chip.bgcolor and text.color
    assert contrast(chip.color.name, chip.bgcolor.name) >= 4.5
    assert contrast(text.color.name, theme.background) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_ordinary_and_muted_text_are_legible(theme) -> None:  # type: ignore[no-untyped-def]
    for ground in (theme.background, theme.surface, theme.panel):
        assert contrast(theme.foreground, ground) >= 7
        assert contrast(theme.variables["text-muted"], ground) >= 4.5
    cursor = theme.variables["block-cursor-background"]
    assert contrast(theme.variables["block-cursor-foreground"], cursor) >= 4.5


def test_the_terminal_theme_uses_the_terminals_own_colours_only() -> None:
    for color in COLORS:
        for style in (chip_style(TERMINAL, color), text_style(TERMINAL, color)):
            assert style.color is not None and style.color.triplet is None


def test_no_text_of_the_terminal_theme_is_bright_black_which_some_palettes_hide() -> None:
    assert TERMINAL.variables["text-muted"] == TERMINAL.foreground == "ansi_default"
