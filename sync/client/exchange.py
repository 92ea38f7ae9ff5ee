"""One exchange with the server: what waits goes up, in pushes, and what is new comes down, in pulls."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from msgspec import to_builtins

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
from engine.model.exchange import (
    ORGANIZATION_SCOPE,
    Ack,
    Ask,
    Asked,
    Push,
    Pushed,
    Still,
    Turn,
    user_scope,
)
from engine.syncing import Applied, Device
from sync.client.files import Carrier
from sync.client.mark import Standing
from sync.client.reasons import KEPT
from sync.client.relocating import take_there
from sync.client.server import Server

GREETED_EVERY: Final = 86_400_000
OUTDATED: Final = "The server is older than this device and does not know what waits here. It waits until the server is updated."
DECIDES_NOTHING: Final = (
    "The server answers, and says nothing of what it was asked. It is asked again later."
)
TOGETHER: Final = 1_000
"""Commands that are sent before what became of them is read."""
MOST_FRUITLESS: Final = 3
SIGNED_OUT: Final = "This device is signed out. What you do waits here: sign in again (F12), or by “conneqtos sync sign-in”."
DROPPED: Final = "Its data was taken off this device."


class Exchange:
    """Of one linked workspace; one at a time. `say` is told how far it is, by fields of the mark."""

    def __init__(
        self, acting: Acting, server: Server, files: Carrier, say: Callable[..., None]
    ) -> None:
        self._acting = acting
        self._device = Device(acting)
        self._server = server
        self._files = files
        self._say = say
        self._greeted_at = 0
        self._anew = False
        self._named: frozenset[str] = frozenset()  # the scopes that the last answer named
        self._one_at_a_time = asyncio.Lock()

    async def begin(self) -> None:
        """What is read first of an organization that was just joined: people and the list of boards. Raises
        ConneqtErrors."""
        await self._greet()
        await self._pull(wanted=(user_scope(self._acting.actor.user_id),))

    async def run(self) -> None:
        """Push until nothing waits, and pull. Raises ConneqtErrors; what was not decided waits on. Raises Removed
        where the person is no member any more."""
        if not self._server.signed_in:
            raise NotSignedIn(self._server.unfit or SIGNED_OUT)
        async with self._one_at_a_time:
            try:
                await self._go_there()
                await self._greet()
                await self._there_and_back()
                if self._anew:  # the server came back from a backup
                    self._anew = False
                    await self._there_and_back()
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
            await take_there(self._acting, self._server, self._files)
        except (Refused, Invalid) as error:
            raise NotTaken(str(error)) from None
        self._say(taking=False)

    async def _greet(self) -> None:
        """Once a day: whether the two speak the same version, and the ticket for when nothing lets us in; the server
        hears that this device is there, and how far it has forgotten what was erased."""
        now = self._acting.engine.now()
        if now - self._greeted_at > GREETED_EVERY:
            said = await self._device.hello()
            await self._device.greeted(said, await self._server.hello(said))
            self._greeted_at = now

    async def _tell_forgotten(self) -> None:
        """What was erased is gone from here: the server need not wait for that."""
        state = await self._device.state()
        if state is not None and state.link.forgotten > 0:
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
            answer = await self._server.still(asked)
            if not answer.member and answer.epoch and answer.epoch == state.link.epoch:
                raise Removed(f"You are no longer a member at {state.link.server}. {DROPPED}")

    async def _there_and_back(self) -> None:
        await self._first()
        before, fruitless, pulled = "", 0, False
        while first := await self._up():
            pulled = not (await self._pull()).stale
            fruitless = fruitless + 1 if first == before else 0
            if fruitless > MOST_FRUITLESS:
                raise Unreachable(DECIDES_NOTHING)
            before = first
        if not pulled:
            await self._pull()

    async def _up(self) -> str:
        """Pushes one behind the other: a pull after each would run all that still waits again each time. Comes back with
        the first command that was sent, "" where there was none."""
        first, decided = "", 0
        behind: Ack | None = None
        while decided < TOGETHER and (push := await self._device.outgoing(behind)) is not None:
            first = first or push.commands[0].id
            answer = await self._push(push)
            if answer.turn is not None:
                await self._turn(answer.turn)
                break
            behind = next(reversed(answer.acks), None)
            if behind is None or behind.id not in {one.id for one in push.commands}:
                break
            decided += len(answer.acks)
        return first

    async def _turn(self, turn: Turn) -> None:
        """The server and this device do not fit together as they are."""
        if turn is Turn.EPOCH:
            await self._restart()
            await self._first()
        elif turn is Turn.OUTDATED:
            await self._pull()
            raise Unreachable(OUTDATED)
        else:
            await self._device.fork()

    async def _push(self, push: Push) -> Pushed:
        """What the server will not take does not keep from coming what others wrote."""
        try:
            return await self._server.push(push)
        except (Unreachable, NotSignedIn):
            raise
        except ConneqtError:
            await self._pull()
            raise

    async def forward(self, commands: Sequence[Command], gesture: str) -> Done:
        """Have the server do what a device cannot, after what waits here; what it changed is read at once. Raises
        ConneqtErrors, Unreachable among them."""
        try:
            await self.run()
        except Unreachable as error:  # what waits is kept, and this is not
            raise Unreachable(str(error).removesuffix(KEPT).rstrip()) from None
        asked = tuple(Asked(op=one.OP, arguments=to_builtins(one)) for one in commands)
        done = await self._server.execute(Ask(id=gesture, commands=asked))
        await self.run()
        return Done(gesture=gesture, seq=done.seq, notes=done.notes)

    async def _first(self) -> None:
        """What has not been read yet: people and the list of boards at once, then board after board, so that the
        first opens while the others come."""
        pull = await self._device.pulling()
        unnamed = not self._named  # a loop that has just begun does not know which boards there are
        if ORGANIZATION_SCOPE not in pull.cursors or unnamed:
            await self._pull(wanted=(user_scope(self._acting.actor.user_id),))
        tried: set[str] = set()
        while missing := await self._missing():
            state = await self._device.state()
            known = len(state.scopes) - 2 if state else 0
            self._say(standing=Standing.SYNCING, boards=(known, known + len(missing)))
            applied = await self._pull(wanted=missing[:1])
            if missing[0] in tried and not (applied.stale or applied.restart):
                raise Unreachable(DECIDES_NOTHING)
            tried.add(missing[0])

    async def _missing(self) -> tuple[str, ...]:
        """Scopes that the last answer named and that have not been read."""
        state = await self._device.state()
        return () if state is None else tuple(sorted(self._named - state.scopes))

    async def _pull(self, wanted: tuple[str, ...] | None = None) -> Applied:
        pull = await self._device.pulling(wanted)
        applied = await self._device.apply([await self._server.pull(pull)])
        self._named = applied.scopes or self._named
        if applied.fork:
            await self._device.fork()
        elif applied.restart:
            await self._restart()
        return applied

    async def _restart(self) -> None:
        self._anew = True
        await self._device.restart()
