"""Keeps a linked device and its server together: pushes what waits, pulls what is new, and says how it stands."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from engine.api import Acting
from engine.errors import (
    ConneqtError,
    Forbidden,
    NotSignedIn,
    NotTaken,
    Removed,
    Unreachable,
)
from engine.model.change import Announcement
from engine.model.presence import Here
from engine.queries.registry import Query
from engine.syncing import Device, SyncState
from sync.client.exchange import Exchange
from sync.client.files import Carrier
from sync.client.mark import Mark, Standing
from sync.client.relocating import Home, go_home
from sync.client.server import Server
from sync.client.whereabouts import Whereabouts

__all__ = ["Loop", "Mark", "Standing"]

log = logging.getLogger(__name__)
REST: Final = 0.3
"""Seconds between two exchanges: the first edit goes at once, what follows close behind goes together."""
POLL: Final = 30.0
QUIET_POLL: Final = 300.0
"""Seconds between two looks while the line for news is alive: it says itself when there is something."""
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
PATIENCE: Final = 10.0
"""Seconds for an answer that somebody waits for."""
FAULT: Final = "A fault stopped the exchange, which is tried again"
QUIET: Final = {"preference"}
"""What the app remembers by itself: it waits as all else, but is nobody's work."""
NEEDS_CONNECTION: Final = "The server knows this, not this device alone."


def fault_of(error: Exception) -> str:
    """What is said of a fault of ours; the log has all of it."""
    return f"{FAULT} ({type(error).__name__})."


class Loop:
    """One for a linked workspace. `show` is told of every change of the mark."""

    def __init__(
        self, acting: Acting, server: Server, show: Callable[[Mark], None], *,
        chance: Callable[[], float] = random.random,
    ) -> None:  # fmt: skip
        self.mark = Mark()
        self._acting = acting
        self._device = Device(acting)
        self.server = server
        self._show = show
        self._chance = chance
        self.files = Carrier(acting, server, lambda done, of: self._say(bytes=(done, of)))
        self.exchanges = Exchange(acting, server, self.files, self._say)
        self.whereabouts = Whereabouts(server)
        self.files_ahead: Callable[[], bool] = lambda: False
        """Whether the files of the server come before somebody reads them."""
        self._carrying: asyncio.Task[None] | None = None
        self._file_failures = 0
        self._files_rest = 0.0  # until when no file is tried again, by the clock of asyncio
        self._wake = asyncio.Event()
        self._due = False  # whether what woke it asks for an exchange, whatever waits here
        self._tried_n = 0  # the last command that was here when the server was asked last
        self._heard_at = 0
        self._failures = 0
        self._line = False  # whether the line for news is alive

    async def run(self) -> None:
        """Until it is cancelled, or the server does not know the person any more."""
        stop = self._acting.subscribe(self._changed)
        beside = [
            asyncio.create_task(self._listen()), asyncio.create_task(self.whereabouts.tell()),
        ]  # fmt: skip
        try:
            while await self._round():
                pass
        finally:
            stop()
            tasks = [*beside, *([] if self._carrying is None else [self._carrying])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.whereabouts.say_goodbye()

    def wake(self) -> None:
        """Look now, whatever failed before: somebody asks for it, or the network is back."""
        self._failures, self._files_rest = 0, 0.0
        self._stir()
        if not self.mark.stopped:
            self._say(standing=Standing.SYNCING)

    async def recount(self) -> None:
        """The person has seen to what was held, or to what waits: a file may go once more."""
        state = await self._device.state()
        if state is not None and state.files:
            self._stir()
        if self.mark.standing is Standing.NEEDS_YOU and not self.mark.reason:
            await self._settled()
        else:
            await self._count()

    async def exchange(self) -> None:
        """Push until nothing waits, and pull. Raises ConneqtErrors; what was not decided waits on. Raises Removed
        where the person is no member any more."""
        await self.exchanges.run()

    async def exchange_all(self) -> None:
        """As `exchange`, with the files that were attached here."""
        await self.exchange()
        if await self.files.send_all():
            await self.exchange()

    async def go_home(self) -> Home:
        """Make this a local workspace with everything that the server has. Raises ConneqtErrors."""
        return await go_home(self._acting, self.server, self.files, self.exchange_all)

    async def ask(self, query: Query[Any]) -> Any:
        """Have the server answer what a device does not know. Raises ConneqtErrors; Unreachable at once while it is
        known that the server is."""
        if self.mark.standing is Standing.OFFLINE:
            raise Unreachable(f"{NEEDS_CONNECTION} {self.mark.reason}")
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.server.ask(query)
        except TimeoutError:
            raise Unreachable(f"{NEEDS_CONNECTION} It does not answer in time.") from None

    # -- inside -------------------------------------------------------------------------------

    async def _round(self) -> bool:
        """A turn and the pause after it. A fault of the store ends neither in silence: it is said, and tried again."""
        try:
            if not await self._turn():
                return False
            await self._pause()
        except Exception as error:
            log.exception("fault beside an exchange")
            reason = str(error) if isinstance(error, ConneqtError) else fault_of(error)
            self._failures += 1
            self._say(standing=Standing.OFFLINE, reason=reason)
            await asyncio.sleep(self._wait_after(self._failures))
        return True

    async def _turn(self) -> bool:
        """One exchange. False where it makes no sense to go on."""
        self._due = False
        try:
            state = await self._count()
            self._tried_n = state.link.last_n if state else 0
            await self.exchange()
        except Removed as error:
            self._say(standing=Standing.REMOVED, reason=str(error))
            return False
        except (NotSignedIn, NotTaken) as error:
            self._say(standing=Standing.NEEDS_YOU, reason=str(error), next_at=0)
            return False
        except Forbidden as error:  # it may be allowed again, by whoever forbade it
            self._failures += 1
            self._say(standing=Standing.NEEDS_YOU, reason=str(error))
        except ConneqtError as error:
            await self._failed(str(error))
        except Exception as error:  # a fault must not end the loop in silence
            log.exception("fault in an exchange")
            await self._failed(fault_of(error))
        else:
            if self._failures:  # what broke the exchange off may have kept files from going
                self._files_rest = 0.0
            self._failures, self._heard_at = 0, self._acting.engine.now()
            await self._settled()
            await self._carry()
        return True

    async def _carry(self) -> None:
        """Files go while everything else goes on; one that does not go rests for a while."""
        running = self._carrying is not None and not self._carrying.done()
        if running or asyncio.get_running_loop().time() < self._files_rest:
            return
        if self.files_ahead() or await self._device.unsent_files():
            self._carrying = asyncio.create_task(self._carry_files())
        else:
            self._say(stuck="")

    async def _carry_files(self) -> None:
        try:
            sent = await self.files.send_all()
            if self.files_ahead():
                await self.files.fetch_all()
        except ConneqtError as error:
            self._rest_files(str(error))
        except Exception as error:
            log.exception("fault while files go")
            self._rest_files(fault_of(error))
        else:
            self._file_failures = 0
            self._say(stuck="")
            if sent:
                self._stir()

    def _rest_files(self, reason: str) -> None:
        """They are tried again after a while that grows, with an exchange; nothing else waits for that."""
        self._file_failures += 1
        wait = self._wait_after(self._file_failures)
        clock = asyncio.get_running_loop()
        self._files_rest = clock.time() + wait
        clock.call_later(wait, self._stir)
        self._say(stuck=reason)

    async def _failed(self, reason: str) -> None:
        self._failures += 1
        since = self.mark.since or await self._last_contact()
        await self._count(standing=Standing.OFFLINE, since=since, reason=reason)

    async def _last_contact(self) -> int:
        """As far as it is known: of the time before the app began the store knows the last exchange."""
        state = await self._device.state()
        stored = state.link.last_at if state else 0
        return self._heard_at or stored or self._acting.engine.now()

    async def _settled(self) -> None:
        state = await self._device.state()
        if state is not None:
            done = Standing.NEEDS_YOU if state.held else Standing.SYNCED
            standing = Standing.SYNCING if state.waiting or state.files else done
            self._note(state, standing=standing, since=0, next_at=0, reason="", boards=(0, 0))

    async def _count(self, **fields: object) -> SyncState | None:
        """What waits and what is held, as the store has it now."""
        state = await self._device.state()
        if state is None:
            self._say(**fields)
        else:
            self._note(state, **fields)
        return state

    def _note(self, state: SyncState, **fields: object) -> None:
        fields |= {"waiting": state.waiting - state.quiet, "held": state.held}
        fields |= {"files": state.files, "conflicts": state.conflicts}
        if (fields["waiting"] or state.files) and self.mark.standing is Standing.SYNCED:
            fields.setdefault("standing", Standing.SYNCING)
        self._say(**fields)

    async def _pause(self) -> None:
        """Until something is written here or there."""
        if self._failures:
            await self._back_off()
            return
        clock = asyncio.get_running_loop().time
        rested = clock() + REST
        until = clock() + (QUIET_POLL if self._line else POLL) * (0.75 + self._chance() / 2)
        while (left := until - clock()) > 0 and await self._woken(left):
            await asyncio.sleep(max(0.0, rested - clock()))
            rested = clock() + REST
            self._wake.clear()
            if self._due or await self._waits_anew():
                return

    async def _waits_anew(self) -> bool:
        """Whether there are commands that the server was not asked to take yet. What another program on this store has read or
        sent is only counted: else the two would ask the server in turn for ever."""
        state = await self._device.state()
        if state is not None and state.waiting and state.link.last_n != self._tried_n:
            return True
        await self._settled()
        return False

    async def _woken(self, seconds: float) -> bool:
        """Whether something woke the loop in this time. `asyncio.wait_for` of Python 3.11 can swallow that the loop is
        cancelled, where it is woken in the same moment."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def _back_off(self) -> None:
        """After a failure a while that grows, by chance (R6); what is written meanwhile is only counted."""
        clock = asyncio.get_running_loop().time
        wait = self._wait_after(self._failures)
        until = clock() + wait
        self._say(next_at=self._acting.engine.now() + int(wait * 1_000))
        while self._failures and (left := until - clock()) > 0:
            if await self._woken(left):
                self._wake.clear()
                await self._count()

    def _wait_after(self, failures: int) -> float:
        """Seconds; also of a device that has been offline for months."""
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures, 16)) * self._chance()

    async def _listen(self) -> None:
        """The server's news wake the loop; where there are none, it looks by itself now and then. That the line broke is looked
        into at once, and that it is there again ends the wait after a failure."""
        while True:
            try:
                await self._hear_news()
            except ConneqtError:
                pass  # the next exchange says it
            except Exception:
                log.exception("fault on the line for news")
            if self._line:
                self._stir()
            self._line = False
            self._say(people=())
            await asyncio.sleep(FIRST_WAIT + POLL * self._chance())

    async def _hear_news(self) -> None:
        async with self.server.news() as signs:
            told = -1  # what came while there was no line is asked for at its first sign
            async for sign in signs:
                self._hear()
                if isinstance(sign, Here):
                    self._say(people=sign.people)
                elif sign != told:
                    told = sign
                    self._stir()

    def _hear(self) -> None:
        """A sign of life."""
        self._heard_at = self._acting.engine.now()
        if self._failures and not self._line:
            self.wake()
        self._line = True

    def _stir(self) -> None:
        """The server is to be asked."""
        self._due = True
        self._wake.set()

    def _changed(self, news: Announcement) -> None:
        """From now on it is not “synced”, however long the server takes."""
        self._wake.set()
        mine = not news.elsewhere and {entity for entity, _ in news.records} - QUIET
        if mine and self.mark.standing is Standing.SYNCED:
            self._say(standing=Standing.SYNCING)

    def _say(self, **fields: object) -> None:
        mark = replace(self.mark, **fields)
        if mark != self.mark:
            self.mark = mark
            self._show(mark)
