"""Knows whether anything is still under way in a running app, however slow the machine: pictures are taken
only when it has come to rest."""

import asyncio
from collections.abc import Iterator
from typing import Any

from textual.message_pump import MessagePump
from textual.pilot import Pilot

PATIENCE = 60.0
"""Seconds before waiting is given up: a fault, not a measure."""
IN_A_ROW = 2
"""So often it must be at rest: a message may wake what was at rest a moment ago."""


async def at_rest(pilot: Pilot[Any]) -> None:
    """Wait until nothing is under way any more but what waits for the person."""
    quiet = 0
    async with asyncio.timeout(PATIENCE):
        while quiet < IN_A_ROW:
            await pilot.pause()
            quiet = 0 if any(_under_way(pilot.app)) else quiet + 1


def _under_way(app: Any) -> Iterator[bool]:
    answers = {id(answer) for screen in app.screen_stack for answer in _answers(screen)}
    answers.discard(id(None))
    for worker in app.workers:
        task = worker._task
        yield not worker.is_finished and (task is None or id(task._fut_waiter) not in answers)
    for pump in _pumps(app):
        yield bool(pump._next_callbacks) or not _waits_for_messages(pump, answers)
    screen = app.screen
    yield bool(screen._dirty_widgets or screen._layout_required or screen._callbacks)
    yield bool(app.animator._animations or app.animator._scheduled)


def _answers(screen: Any) -> Iterator[object]:
    """The futures that end when the person has answered in this screen."""
    for result in screen._result_callbacks:
        yield result.future
        yield getattr(result.callback, "__self__", None)


def _pumps(app: Any) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


def _waits_for_messages(pump: Any, answers: set[int]) -> bool:
    """It stands at its queue, which is empty; or what it does waits for the person."""
    queue = pump._message_queue
    if queue.empty() and any(not waiting.done() for waiting in queue.ready_event._waiters):
        return True
    return pump._task is not None and id(pump._task._fut_waiter) in answers
