"""Lets the terminal itself scroll lines of a widget, so that only the lines that come in are sent.

A page of a table is 20 KB, one line of it 0.5 KB: over a slow link that is the difference of a key held down.
"""

from textual.geometry import Region
from textual.widget import Widget


def scroll_in_terminal(widget: Widget, region: Region, by: int) -> bool:
    """Move what stands in the region (of the screen) up by so many lines, down if negative. False when that
    cannot be done: nothing was written then, and the region has to be painted as a whole.

    What comes in is not cleared. Lines that were still to be painted have moved with the others.
    """
    driver = widget.app._driver  # Textual gives no other way to write beside its own painting
    whole_lines = region.x == 0 and region.width == widget.app.size.width
    if driver is None or widget.app.is_headless or not whole_lines or abs(by) >= region.height:
        return False
    if not _uncovered(widget, region):
        return False
    driver.write(scroll_sequence(region, by))
    return True


def scroll_sequence(region: Region, by: int) -> str:
    """Margins at the region, then line feeds at its bottom or reverse ones at its top: every terminal knows
    these. The default colours first, since some terminals fill what comes in with the current ones."""
    top, bottom = region.y + 1, region.bottom
    moved = f"\x1b[{bottom};1H" + "\n" * by if by > 0 else f"\x1b[{top};1H" + "\x1bM" * -by
    return f"\x1b[0m\x1b[{top};{bottom}r{moved}\x1b[r"


def _uncovered(widget: Widget, region: Region) -> bool:
    """Nothing stands over the widget: no window, and no toast in a corner."""
    if widget.app.screen is not widget.screen:
        return False
    corners = (
        (region.x, region.y), (region.right - 2, region.y),
        (region.x, region.bottom - 1), (region.right - 2, region.bottom - 1),
        (region.right - 2, region.bottom - 4),
    )  # fmt: skip
    return all(
        widget.screen.get_widget_at(x, y)[0] is widget for x, y in corners if region.contains(x, y)
    )
