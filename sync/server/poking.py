"""What a line for news says: that something was written, and who else is where. It lives as long as who opened it may
still come in, and no longer than the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, suppress
from typing import Final

import msgspec
from litestar.response import ServerSentEventMessage

from engine.api import Acting
from engine.errors import ConneqtError, TooMany, WorkspaceError
from engine.model.change import Announcement
from engine.model.presence import HERE, Here, Present
from sync.server.ending import Ending
from sync.server.lines import Lines
from sync.server.presence import Presence

BREATH: Final = 20.0
"""Seconds between two signs of life, since proxies close what is silent, and between two looks at who is there; fewer
where the server itself gives less time to a step."""
Said = str | ServerSentEventMessage


async def pokes(
    acting: Acting, again: Callable[[], Awaitable[Acting]], presence: Presence, ending: Ending, lines: Lines,
    seconds: float,
) -> AsyncIterator[Said]:  # fmt: skip
    """The organization's seq whenever it moved on, and who is there whenever that is others. `again` lets the caller
    in once more, or raises: their key or session may have ended. `seconds` is what a step may take. Raises TooMany before anything is said."""
    clock, moved, people = asyncio.get_running_loop().time, asyncio.Event(), tuple[Present, ...]()
    latest, breath = 0, min(BREATH, seconds / 2)

    def listen(news: Announcement) -> None:
        nonlocal latest
        latest = max(latest, news.seq)
        moved.set()

    organization_id = acting.actor.organization_id
    with ExitStack() as leaving:
        leaving.enter_context(lines.one(acting.actor))
        leaving.callback(acting.subscribe(listen))
        leaving.callback(presence.watch(organization_id, moved))
        leaving.callback(ending.wake(moved))
        leaving.callback(await acting.engine.news.watch(organization_id))
        moved.set()
        due = clock() + breath
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await moved.wait()
            moved.clear()
            if ending.begun:
                return
            yield str(latest)
            try:
                if clock() >= due:
                    due = clock() + breath
                    acting = await again()
                before, people = people, await presence.around(acting)
            except (WorkspaceError, TooMany):
                continue  # the database is away, or the key is being guessed at: nobody is turned out for that
            except ConneqtError:
                return  # who may not come in any more: the next request tells them
            if people != before:
                yield _told(people)


def _told(people: tuple[Present, ...]) -> ServerSentEventMessage:
    return ServerSentEventMessage(
        data=msgspec.json.encode(Here(people=people)).decode(), event=HERE
    )
