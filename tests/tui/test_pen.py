"""What is thinned out looks the same on the terminal, and is shorter."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from tui.pen import Pen

WIDTH, HEIGHT = 30, 6
COLORS = st.sampled_from([None, "red", "bright_blue", "#204060", "color(200)", "default"])
STYLES = st.builds(
    Style, color=COLORS, bgcolor=COLORS, bold=st.none() | st.booleans(), italic=st.booleans(),
    underline=st.booleans(), reverse=st.booleans(), strike=st.booleans(),
)  # fmt: skip
TEXTS = st.text(st.sampled_from("ab ✓é  "), min_size=1, max_size=8)
PIECES = st.lists(
    st.tuples(st.integers(1, HEIGHT), st.integers(1, WIDTH - 8), TEXTS, STYLES), max_size=20
)
EXTRAS = st.lists(
    st.sampled_from(
        ["\x1b[?2026h", "\x1b[?2026l", "\x1b[2;5r", "\x1b[r", "\x1b]0;title\x07", "\x1b[K"]
    ),
    max_size=5,
)


def rendered(pieces: list[tuple[int, int, str, Style]], extras: list[str]) -> list[str]:
    """One write for each piece, as the app sends it."""
    console = Console(color_system="truecolor", force_terminal=True, width=WIDTH)
    writes = [
        f"\x1b[{y};{x}H" + style.render(text, color_system=console._color_system)
        for y, x, text, style in pieces
    ]
    for place, extra in enumerate(extras):
        writes.insert(place * 2, extra)
    return writes


def seen(writes: list[str]) -> list[list[tuple[object, ...]]]:
    """What a person sees: a blank has a ground and lines, but no ink."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for text in writes:
        stream.feed(text)
    return [[_cell(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _cell(char: pyte.screens.Char) -> tuple[object, ...]:
    lines = (char.underscore, char.strikethrough, char.reverse)
    if char.data == " " and not any(lines):
        return (" ", char.bg)
    return (char.data, char.fg, char.bg, char.bold, char.italics, *lines)


@given(PIECES, EXTRAS)
def test_thinned_output_looks_the_same(
    pieces: list[tuple[int, int, str, Style]], extras: list[str]
) -> None:
    plain = rendered(pieces, extras)
    pen = Pen()
    thinned = [pen.thin(text) for text in plain]
    assert seen(thinned) == seen(plain)


def row(console: Console, *texts: tuple[str, str]) -> str:
    return "".join(
        Style.parse(style).render(text, color_system=console._color_system) for text, style in texts
    )


def test_a_row_of_a_table_takes_two_thirds_of_the_bytes_or_less() -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    ground = "on #14181c"
    text = row(
        console, ("Name of it", f"#d8dee9 {ground}"), ("   ", f"#979da6 {ground}"),
        (" Done ", "#ffffff on #257a4d"), ("  ", f"#d8dee9 {ground}"),
        ("12 Nov", f"#d8dee9 {ground}"), ("      ", f"bold #d8dee9 {ground}"),
    )  # fmt: skip
    pen = Pen()
    pen.thin(text)
    assert len(pen.thin(text)) < len(text) * 2 / 3


def test_what_scrolls_in_has_the_ground_it_would_have_had() -> None:
    pen = Pen()
    pen.thin("\x1b[41mred\x1b[0m")
    assert pen.thin("\x1b[6;1H\n") == "\x1b[6;1H\x1b[m\n"


@pytest.mark.parametrize("text", ["\x1b[58;5;1mx", "\x1b[4:3mx", "\x1b[38;5mx"])
def test_a_style_that_is_not_known_passes_as_it_came(text: str) -> None:
    pen = Pen()
    assert pen.thin(f"{text}\x1b[1my\x1b[0m").endswith(f"{text}\x1b[1my\x1b[0m")
    assert pen.thin("\x1b[1mz") == "\x1b[1mz"


def test_after_another_program_all_of_the_style_is_sent() -> None:
    pen = Pen()
    first = pen.thin("\x1b[1;31mx\x1b[0m")
    pen.forget()
    assert pen.thin("\x1b[1;31mx\x1b[0m") == first


def test_strings_for_the_terminal_pass_untouched() -> None:
    for text in ("\x1bPq#0;2;0;0;0\x1b\\", "\x1b]52;c;aGk=\x07", "\x1b_Ga=T\x1b\\"):
        assert text in Pen().thin(f"\x1b[1m{text}")


def test_colors_of_every_kind_are_read() -> None:
    pen = Pen()
    for code in (Color.parse(name).get_ansi_codes() for name in ("red", "color(9)", "color(120)")):
        sequence = f"\x1b[{';'.join(code)}m"
        assert ";".join(code) in pen.thin(f"{sequence}x")


def test_a_segment_without_a_style_is_plain_again() -> None:
    pen = Pen()
    pen.thin("\x1b[1;44mx\x1b[0m")
    assert pen.thin(Segment("y").text) == "\x1b[my"
