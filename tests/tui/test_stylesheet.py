"""The stylesheet is found where the checkout keeps it; tests/test_wheel.py looks into the wheel."""

from pathlib import Path

from tui.stylesheet import stylesheet


def test_a_checkout_keeps_the_stylesheet_at_its_root() -> None:
    assert stylesheet() == Path(__file__).parents[2] / "conneqtos.tcss"
    assert stylesheet().is_file()
