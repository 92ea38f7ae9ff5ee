"""The themes, and what each of the twelve label colours looks like in them.

Chips are drawn as filled labels: the pairs below have a contrast of 4.5:1 or more (a test computes it).
"""

from functools import lru_cache
from typing import Final

from rich.style import Style
from textual.theme import Theme

DARK: Final = Theme(
    name="conneqtos-dark",
    primary="#6c9ef8", secondary="#8fa3bf", accent="#6c9ef8", warning="#e0a458", error="#f07178",
    success="#5fb98a", foreground="#d8dee9", background="#14171c", surface="#1b1f26",
    panel="#232933", boost="#2a313d", dark=True,
    variables={
        "block-cursor-background": "#2d3a52", "block-cursor-foreground": "#f2f5fa",
        "border": "#4c5a73", "border-blurred": "#2f3744", "footer-background": "#1b1f26",
        "input-selection-background": "#3b5998 60%", "text-muted": "#8b96a8",
        "scrollbar": "#333c4a", "scrollbar-background": "#14171c",
        "scrollbar-corner-color": "#14171c",
    },
)  # fmt: skip
LIGHT: Final = Theme(
    name="conneqtos-light",
    primary="#2257c5", secondary="#516179", accent="#2257c5", warning="#8a5300", error="#b3261e",
    success="#1d6b43", foreground="#1e2530", background="#fbfbfc", surface="#f1f3f6",
    panel="#e6e9ef", boost="#dde2ea", dark=False,
    variables={
        "block-cursor-background": "#d5e1fb", "block-cursor-foreground": "#101623",
        "border": "#9aa7bb", "border-blurred": "#d3d9e3", "footer-background": "#f1f3f6",
        "input-selection-background": "#b3cbff 60%", "text-muted": "#5d6a7d",
        "scrollbar": "#c3cad6", "scrollbar-background": "#fbfbfc",
        "scrollbar-corner-color": "#fbfbfc",
    },
)  # fmt: skip
# Bright black is the ground itself in Solarized and others, so no text has it: muted text is plain there.
TERMINAL: Final = Theme(
    name="terminal",
    primary="ansi_blue", secondary="ansi_cyan", accent="ansi_bright_blue", warning="ansi_yellow",
    error="ansi_red", success="ansi_green", foreground="ansi_default", background="ansi_default",
    surface="ansi_default", panel="ansi_default", boost="ansi_default", dark=True, ansi=True,
    variables={
        "block-cursor-background": "ansi_blue", "block-cursor-foreground": "ansi_bright_white",
        "ansi-background": "ansi_default", "ansi-foreground": "ansi_default",
        "block-cursor-text-style": "b", "border": "ansi_bright_black",
        "border-blurred": "ansi_bright_black", "text-muted": "ansi_default",
        "scrollbar": "ansi_bright_black", "scrollbar-background": "ansi_default",
        "scrollbar-corner-color": "ansi_default", "footer-background": "ansi_default",
    },
)  # fmt: skip
THEMES: Final = (DARK, LIGHT, TERMINAL)

# Name: chip on dark (text, ground), chip on light, plain text on dark, on light, and of the terminal's 16.
_COLORS: Final[dict[str, tuple[str, str, str, str, str, str, str]]] = {
    "green": ("#ffffff", "#257a4f", "#0f3d26", "#bfe8d0", "#6fce9b", "#1d6b43", "green"),
    "orange": ("#ffffff", "#a3560f", "#562a00", "#fbd9b5", "#eba45c", "#8f4a08", "yellow"),
    "red": ("#ffffff", "#b53a42", "#5d1015", "#f8cccf", "#f28b91", "#a72730", "red"),
    "blue": ("#ffffff", "#2f66b3", "#0f2f63", "#c8dcfa", "#82b1f5", "#2257a8", "blue"),
    "purple": ("#ffffff", "#7a4fb0", "#3a1a66", "#e2d3f7", "#bd9aea", "#6a3fa3", "magenta"),
    "yellow": ("#241c00", "#d9b434", "#4a3900", "#f7eab0", "#e3c659", "#735900", "bright_yellow"),
    "teal": ("#ffffff", "#1c7676", "#063b3b", "#bfe7e6", "#66c9c7", "#12696a", "cyan"),
    "pink": ("#ffffff", "#a9457f", "#5c1440", "#f7cfe4", "#ea95c4", "#98336f", "bright_magenta"),
    "indigo": ("#ffffff", "#5159b8", "#20265f", "#d3d6f8", "#a0a7f2", "#434ba6", "bright_blue"),
    "lime": ("#1a2200", "#9dbb3c", "#33420a", "#e1edb5", "#b5d155", "#4d620f", "bright_green"),
    "brown": ("#ffffff", "#7d5d43", "#42291a", "#ead9cb", "#c8a58a", "#6d4c33", "bright_red"),
    "grey": ("#ffffff", "#566070", "#2b323d", "#dfe3ea", "#a3adbc", "#535d6d", "white"),
}


def chip_style(theme: Theme, color: str) -> Style:
    """A filled label. With the terminal's own colours it is reversed, so that any palette stays legible."""
    return _chip(theme.ansi, theme.dark, color)


def text_style(theme: Theme, color: str) -> Style:
    """Text in a label's colour on the ordinary ground."""
    return _text(theme.ansi, theme.dark, color)


@lru_cache(64)
def _chip(ansi: bool, dark: bool, color: str) -> Style:
    dark_text, dark_ground, light_text, light_ground, *_, own = _COLORS.get(color, _COLORS["grey"])
    if ansi:
        return Style(color=own, reverse=True)
    if dark:
        return Style(color=dark_text, bgcolor=dark_ground)
    return Style(color=light_text, bgcolor=light_ground)


@lru_cache(64)
def _text(ansi: bool, dark: bool, color: str) -> Style:
    *_, on_dark, on_light, own = _COLORS.get(color, _COLORS["grey"])
    return Style(color=own if ansi else on_dark if dark else on_light)
