"""What is said of a linked workspace and its server, in a few words at the edge of every screen."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich.text import Text

from engine.clock import as_datetime
from tui.spoken_count import spoken_count

if TYPE_CHECKING:
    from sync.client.loop import Mark

STYLES: Final = {
    "starting": "dim", "syncing": "dim", "synced": "dim", "offline": "bold", "needs you": "bold reverse",
    "removed": "bold reverse",
}  # fmt: skip


def spoken_mark(mark: "Mark") -> Text:
    """Never only by colour: each standing has its own words."""
    return Text(f" {_words(mark)} ", style=STYLES[mark.standing.value], no_wrap=True)


def _words(mark: "Mark") -> str:
    waiting = f"{mark.waiting:,} waiting"
    match mark.standing.value:
        case "needs you":
            if mark.held:
                return f"{mark.held:,} refused"
            return "not taken" if mark.taking else "sign in again"
        case "offline":
            since = f"offline since {_hour(mark.since)}"
            return f"{since}, {waiting}" if mark.waiting else since
        case "syncing":
            if mark.taking:
                return f"going to the server{_share(mark)}"
            done, whole = mark.boards
            if done < whole:
                return f"reading boards {done}/{whole}"
            if mark.waiting:
                return waiting
            return _files(mark) if mark.files else "syncing"
        case word:
            if mark.bytes[1]:
                return f"sending a file{_share(mark)}"
            return f"{word}, {mark.conflicts:,} to look at" if mark.conflicts else word


def _files(mark: "Mark") -> str:
    """Those that wait, or how far the one is that goes now."""
    if mark.bytes[1]:
        return f"sending a file{_share(mark)}"
    return f"{spoken_count(mark.files, 'file')} to send"


def _share(mark: "Mark") -> str:
    done, whole = mark.bytes
    return f" {100 * done // whole} %" if whole else ""


def _hour(at: int) -> str:
    """The local hour, and the day where it is another."""
    then, now = as_datetime(at).astimezone(), datetime.now().astimezone()
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%d %b %H:%M}"
