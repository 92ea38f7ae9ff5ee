"""Keeps a linked device and its server together: pushes what waits, pulls what is new, and says how it stands."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from msgspec import to_builtins
from msgspec.structs import replace

from engine.api import Acting, Done
from engine.commands.registry import Command
from engine.errors import (
    ConneqtError,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    NotTaken,
    Refused,
    Removed,
    Unreachable,
)
from engine.model.change import Announcement
from engine.model.exchange import (
    ORGANIZATION_SCOPE,
    Ask,
    Asked,
    Push,
    Pushed,
    Still,
    Turn,
    user_scope,
)
from engine.model.presence import Here
from engine.queries.registry import Query
from engine.syncing import Device, SyncState
from sync.client.files import Carrier
from sync.client.mark import Mark, Standing
from sync.client.relocating import Home, go_home, take_there
from sync.client.server import Server
from sync.client.whereabouts import Whereabouts

__all__ = ["Loop", "Mark", "Standing"]

log = logging.getLogger(__name__)
REST: Final = 0.3
"""Seconds between two exchanges: the first edit goes at once, what follows close behind goes together."""
POLL: Final = 30.0
QUIET_POLL: Final = 300.0
"""Seconds between two looks while the line for news is alive: it says itself when there is something."""
GREETED_EVERY: Final = 86_400_000
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
PATIENCE: Final = 10.0
"""Seconds for an answer that somebody waits for."""
OUTDATED: Final = "The server is older than this device and does not know what waits here. It waits until the server is updated."
SIGNED_OUT: Final = "This device is signed out. What you do waits here: sign in again on F12, or by “conneqtos sync sign-in”."
FAULT: Final = "A fault stopped the exchange, which is tried again"
DROPPED: Final = "Its data was taken off this device."
QUIET: Final = {"preference"}
"""What the app remembers by itself: it waits as all else, but is nobody's work."""
NEEDS_CONNECTION: Final = "The server knows this, not this device alone."


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
        self.whereabouts = Whereabouts(server)
        self.files_ahead: Callable[[], bool] = lambda: False
        """Whether the files of the server come before somebody reads them."""
        self._carrying: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._due = False  # whether what woke it asks for an exchange, whatever waits here
        self._tried_n = 0  # the last command that was here when the server was asked last
        self._heard_at = 0
        self._failures = 0
        self._greeted_at = 0
        self._line = False  # whether the line for news is alive
        self._anew = False
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Until it is cancelled, or the server does not know the person any more."""
        stop = self._acting.subscribe(self._changed)
        beside = [
            asyncio.create_task(self._listen()), asyncio.create_task(self.whereabouts.tell()),
        ]  # fmt: skip
        try:
            while await self._turn():
                await self._pause()
        finally:
            stop()
            tasks = [*beside, *([] if self._carrying is None else [self._carrying])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.whereabouts.say_goodbye()

    def wake(self) -> None:
        """Look now, whatever failed before: somebody asks for it, or the network is back."""
        self._failures = 0
        self._stir()
        if not self.mark.stopped:
            self._say(standing=Standing.SYNCING)

    async def recount(self) -> None:
        """The person has seen to what was held, or to what waits."""
        if self.mark.standing is Standing.NEEDS_YOU and not self.mark.stopped:
            await self._settled()
        else:
            await self._count()

    async def exchange_all(self) -> None:
        """As `exchange`, with the files that were attached here."""
        await self.exchange()
        if await self.files.send_all():
            await self.exchange()

    async def begin(self) -> None:
        """What is read first of an organization that was just joined: people and the list of boards. Raises
        ConneqtErrors."""
        await self._greet()
        await self._pull(wanted=(user_scope(self._acting.actor.user_id),))

    async def go_home(self) -> Home:
        """Make this a local workspace with everything that the server has. Raises ConneqtErrors."""
        return await go_home(self._acting, self.server, self.files, self.exchange_all)

    async def exchange(self) -> None:
        """Push until nothing waits, and pull. Raises ConneqtErrors; what was not decided waits on. Raises Removed
        where the person is no member any more."""
        if not self.server.signed_in:
            raise NotSignedIn(SIGNED_OUT)
        async with self._one_at_a_time:
            try:
                await self._go_there()
                await self._greet()
                await self._exchange()
                if self._anew:  # the server came back from a backup
                    self._anew = False
                    await self._exchange()
                await self._tell_forgotten()
            except (NotSignedIn, Forbidden, NotFound):
                await self._raise_if_removed()
                raise

    async def _go_there(self) -> None:
        """Where the organization is still on its way to the server, that comes first. Raises NotTaken."""
        state = await self._device.state()
        if state is None or not state.link.taking:
            return
        self._say(standing=Standing.SYNCING, taking=True)
        try:
            await take_there(self._acting, self.server, self.files)
        except (Refused, Invalid) as error:
            raise NotTaken(str(error)) from None
        self._say(taking=False)

    async def _greet(self) -> None:
        """Once a day: whether the two speak the same version, and the ticket for when nothing lets us in; the server
        hears that this device is there, and how far it has forgotten what was erased."""
        now = self._acting.engine.now()
        if now - self._greeted_at > GREETED_EVERY:
            await self._device.greeted(await self.server.hello(await self._device.hello()))
            self._greeted_at = now

    async def _tell_forgotten(self) -> None:
        """What was erased is gone from here: the server need not wait for that."""
        state = await self._device.state()
        if state is not None and state.link.forgotten:
            self._greeted_at = 0
            await self._greet()

    async def _raise_if_removed(self) -> None:
        """Only the server that decided so far is believed: one that came from a backup may not know the person yet."""
        state = await self._device.state()
        actor = self._acting.actor
        if state is None or not state.link.ticket:
            return
        asked = Still(
            organization_id=actor.organization_id, member_id=actor.user_id, ticket=state.link.ticket
        )
        with suppress(NotSignedIn):
            answer = await self.server.still(asked)
            if not answer.member and answer.epoch and answer.epoch == state.link.epoch:
                raise Removed(f"You are no longer a member at {state.link.server}. {DROPPED}")

    async def _exchange(self) -> None:
        await self._first()
        while (push := await self._device.outgoing()) is not None:
            answer = await self._push(push)
            if answer.turn is Turn.EPOCH:
                await self._restart()
                await self._first()
            elif answer.turn is Turn.OUTDATED:
                await self._pull()
                raise Unreachable(OUTDATED)
            elif answer.turn is not None:
                await self._device.fork()
            await self._pull()
        await self._pull()

    async def _push(self, push: Push) -> Pushed:
        """What the server will not take does not keep from coming what others wrote."""
        try:
            return await self.server.push(push)
        except (Unreachable, NotSignedIn):
            raise
        except ConneqtError:
            await self._pull()
            raise

    async def forward(self, commands: Sequence[Command], gesture: str) -> Done:
        """Have the server do what a device cannot, after what waits here; what it changed is read at once. Raises
        ConneqtErrors, Unreachable among them."""
        await self.exchange()
        asked = tuple(Asked(op=one.OP, arguments=to_builtins(one)) for one in commands)
        done = await self.server.execute(Ask(id=gesture, commands=asked))
        await self.exchange()
        return Done(gesture=gesture, seq=done.seq, notes=done.notes)

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

    async def _first(self) -> None:
        """What has not been read yet: people and the list of boards at once, then board after board, so that the
        first opens while the others come."""
        pull = await self._device.pulling()
        unnamed = not self._named  # a loop that has just begun does not know which boards there are
        if ORGANIZATION_SCOPE not in pull.cursors or unnamed:
            await self._pull(wanted=(user_scope(self._acting.actor.user_id),))
        while missing := await self._missing():
            state = await self._device.state()
            known = len(state.scopes) - 2 if state else 0
            self._say(standing=Standing.SYNCING, boards=(known, known + len(missing)))
            await self._pull(wanted=missing[:1])

    async def _missing(self) -> tuple[str, ...]:
        """Scopes that the last answer named and that have not been read."""
        state = await self._device.state()
        return () if state is None else tuple(sorted(self._named - state.scopes))

    _named: frozenset[str] = frozenset()

    async def _pull(self, wanted: tuple[str, ...] | None = None) -> None:
        pull = await self._device.pulling(wanted)
        applied = await self._device.apply([await self.server.pull(pull)])
        self._named = applied.scopes or self._named
        if applied.fork:
            await self._device.fork()
        elif applied.restart:
            await self._restart()

    async def _restart(self) -> None:
        self._anew = True
        await self._device.restart()

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
        except (NotSignedIn, Forbidden, NotTaken) as error:
            self._say(standing=Standing.NEEDS_YOU, reason=str(error))
            return False
        except ConneqtError as error:
            await self._failed(str(error))
        except Exception as error:  # a fault must not end the loop in silence
            log.exception("fault in an exchange")
            await self._failed(f"{FAULT} ({type(error).__name__}).")
        else:
            self._failures, self._heard_at = 0, self._acting.engine.now()
            await self._settled()
            await self._carry()
        return True

    async def _carry(self) -> None:
        """Files go while everything else goes on."""
        running = self._carrying is not None and not self._carrying.done()
        if not running and (self.files_ahead() or await self._device.unsent_files()):
            self._carrying = asyncio.create_task(self._carry_files())

    async def _carry_files(self) -> None:
        try:
            sent = await self.files.send_all()
            if self.files_ahead():
                await self.files.fetch_all()
        except ConneqtError as error:
            await self._failed(str(error))
        except Exception as error:
            log.exception("fault while files go")
            await self._failed(f"{FAULT} ({type(error).__name__}).")
        else:
            if not sent:
                return  # nothing is to be exchanged because of it
        self._stir()

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
            standing = Standing.SYNCING if state.waiting else done
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
        fields["conflicts"] = state.conflicts
        if fields["waiting"] and self.mark.standing is Standing.SYNCED:
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
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2**self._failures) * self._chance()
        until = clock() + wait
        self._say(next_at=self._acting.engine.now() + int(wait * 1_000))
        while self._failures and (left := until - clock()) > 0:
            if await self._woken(left):
                self._wake.clear()
                await self._count()

    async def _listen(self) -> None:
        """The server's news wake the loop; where there are none, it looks by itself now and then. That the line broke is looked
        into at once, and that it is there again ends the wait after a failure."""
        while True:
            with suppress(ConneqtError):
                async with self.server.news() as signs:
                    told = -1  # what came while there was no line is asked for at its first sign
                    async for sign in signs:
                        self._hear()
                        if isinstance(sign, Here):
                            self._say(people=sign.people)
                        elif sign != told:
                            told = sign
                            self._stir()
            if self._line:
                self._stir()
            self._line = False
            self._say(people=())
            await asyncio.sleep(FIRST_WAIT + POLL * self._chance())

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
