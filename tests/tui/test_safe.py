"""Hostile text never reaches the terminal, whatever widget it is in, and takes its cells all the same."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.tui.pty_session import PtySession
from tui.glyphs import in_ascii
from tui.safe import SafeText, safe

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "\x1b]52;c;aGFja2Vk\x07", "\x1b[31mred\x1b[0m", "\x9b31mred", "\x1bP+q544e\x1b\\", "a\x08\x08b",
    "\u202egnp.exe", "\u2066x\u2069", "\ud800", "\x1b]0;title\x07", "a\rb", "zero\u200bwidth", "\x85",
)  # fmt: skip
FORBIDDEN = frozenset(
    map(chr, (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
APP = """
import sys
from textual.widgets import Input, Label, OptionList, Static, TextArea
from textual.content import Content
from tui.terminal import TerminalApp

BAD = "\\x1b]52;c;aGFja2Vk\\x07<\\x9b31mred\\x1b[32m\\u202eabc>"

class Small(TerminalApp[None]):
    def compose(self):
        yield Static(BAD, markup=False)
        yield Label(Content(BAD))
        yield Input(value=BAD)
        yield TextArea(BAD)
        yield OptionList(Content(BAD))
        box = Static("d\\u00e9j\\u00e0 \\u65e5\\u672c \\u2713 end", markup=False)
        box.styles.border = ("round", "red")
        yield box
    def on_mount(self):
        self.notify(BAD, markup=False)

Small().run()
"""


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not FORBIDDEN & set(safe(text))


@given(st.text())
def test_any_text_is_safe_and_keeps_its_cells(text: str) -> None:
    for said in (safe(text), in_ascii(safe(text))):
        assert not FORBIDDEN & set(said)
        assert cell_len(said) == cell_len(text)


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("plain", "Ünïcödé", "日本語", "👩‍👩‍👧 family", "fa\u200crsi", "e\u0301"):
        assert cell_len(safe(text)) == cell_len(text)
        assert safe(text) == text


@given(st.text())
def test_ascii_is_ascii(text: str) -> None:
    assert in_ascii(text).isascii()


def test_glyphs_have_a_likeness_in_ascii() -> None:
    assert in_ascii("╭─╮│▸ café “done” ✓…") == '+-+|> cafe "done" x.'
    assert in_ascii("日本") == "????"


def test_a_style_that_carries_a_link_loses_it() -> None:
    linked = Segment("x", Style(link="https://example.org/\x1b]52;c;aGk=\x07"))
    (segment,) = SafeText(unicode=True).apply([linked], Color(0, 0, 0))
    assert segment.style is not None and segment.style.link is None


def test_hostile_text_in_any_widget_draws_and_does_nothing() -> None:
    with PtySession([sys.executable, "-c", APP], cwd=ROOT, size=(80, 40)) as session:
        session.until("end").press("ctrl+q")
        assert session.end() == 0
        raw = bytes(session.raw)
    assert b"]52;" not in raw
    assert "\x9b".encode() not in raw
    assert "\u202e".encode() not in raw
    assert b"abc>" in raw


@pytest.mark.parametrize("variable", ["LC_ALL", "LANG"])
def test_a_terminal_without_unicode_gets_ascii_only(variable: str) -> None:
    environment = {variable: "C"}
    with PtySession(
        [sys.executable, "-c", APP], cwd=ROOT, size=(80, 40), environment=environment
    ) as session:
        session.until("deja ???? x end").press("ctrl+q")
        assert session.end() == 0
        assert bytes(session.raw).isascii()
