"""Says in sentences how a linked workspace and its server stand, where the mark has a word for it: only what is true now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from engine.syncing import SyncState
from tui.spoken_count import spoken_count
from tui.spoken_time import spoken_second, spoken_time

if TYPE_CHECKING:
    from sync.client.mark import Mark

WHOLE: Final = "Everything is on the server, and everything of it is here."
TAKING: Final = (
    "It is on its way to the server. Go on working: what you do waits and goes behind it."
)
WRONG: Final = {"offline", "needs you", "removed"}


def figures(state: SyncState, now: int, utc_offset: int) -> str:
    """Of the exchange that ended last; of a workspace that is only coming to its server there are none."""
    if state.link.taking:
        return TAKING
    boards = sum(scope.startswith("board:") for scope in state.scopes)
    last = state.link.last_at
    said = [
        f"Last exchange {spoken_time(last, now, utc_offset)}" if last else "No exchange yet",
        f"{boards:,} {'board' if boards == 1 else 'boards'} here",
    ]
    if state.files:
        said.append(f"{spoken_count(state.files, 'file')} to send")
    if state.link.gaps:
        said.append(f"{state.link.gaps:,} read anew, as rows were missing")
    return "  ·  ".join(said)


def only_here(state: SyncState) -> str:
    """What the server lacks, and goes with this device; "" where it has all."""
    counts = ((state.only_here - state.files, "command"), (state.files, "file"))
    return " and ".join(spoken_count(count, noun) for count, noun in counts if count)


def trouble(mark: "Mark | None", now: int, utc_offset: int) -> str:
    """What is wrong, and when it is tried again by itself; "" where nothing is. While all else goes, it may be wrong with
    the files."""
    if mark is None or mark.standing.value not in WRONG:
        return f"Files wait: {mark.stuck}" if mark is not None and mark.stuck else ""
    whole = (
        f"{mark.reason.rstrip('.')}." if mark.reason else ""
    )  # one that ends with an address has no stop
    return " ".join((whole, *_next_try(mark, now, utc_offset))).strip()


def outcome(mark: "Mark", server: str) -> str:
    """How an exchange went that the person asked for; "" while it goes on."""
    said = {
        "synced": f"Exchanged with {server}.",
        "offline": mark.reason,
        "needs you": mark.reason or f"Exchanged with {server}; what it refused stands here.",
        "removed": mark.reason,
    }  # fmt: skip
    return said.get(mark.standing.value, "")


def _next_try(mark: "Mark", now: int, utc_offset: int) -> Iterator[str]:
    if mark.standing.value == "offline" and mark.next_at > now:
        yield f"It is tried again at {spoken_second(mark.next_at, utc_offset)}."
