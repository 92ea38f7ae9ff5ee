"""How many cards a lane should hold at most: kept for each member, by board and by what lanes are made of."""

from engine.model.record import JSON
from tui.live import Live


def lane_limits(live: Live, board_id: str, lane_by: str) -> dict[str, int]:
    """Limits by lane key, of those lanes that have one."""
    prefix = f"{lane_by}:"
    return {
        name.removeprefix(prefix): limit
        for name, limit in _kept(live, board_id).items()
        if name.startswith(prefix) and isinstance(limit, int)
    }


async def set_lane_limit(
    live: Live, board_id: str, lane_by: str, lane_key: str, limit: int | None
) -> None:
    """None takes the limit away."""
    kept = dict(_kept(live, board_id))
    kept.pop(f"{lane_by}:{lane_key}", None)
    if limit is not None:
        kept[f"{lane_by}:{lane_key}"] = limit
    await live.prefer(f"board:{board_id}:limits", kept or None)


def _kept(live: Live, board_id: str) -> dict[str, JSON]:
    kept = live.preference(f"board:{board_id}:limits")
    return kept if isinstance(kept, dict) else {}
