"""The server's end of sync: decides what devices give, and tells them what is new (docs/sync-model.md)."""

import logging
from typing import Final

from msgspec import ValidationError

from engine.api import Acting
from engine.commands.registry import Command, command_from, handling_of
from engine.commands.system import BeginEpoch
from engine.commands.upcasting import upcast
from engine.errors import Forbidden, Invalid
from engine.model.actor import Role
from engine.model.exchange import Asked, Hello, Pull, Push, Pushed
from engine.steps import step_of
from engine.store.limiting import Limit
from engine.store.packed_lines import packed_lines
from engine.store.pulling import pulled
from engine.store.pushing import Batch
from engine.store.replicas import Replica, greet_replica

NOT_ASKED: Final = "{op} is nothing that a device can ask its server for."
RESTORED: Final = Limit(burst=1, seconds=3_600)
log = logging.getLogger("conneqtos.sync")


class Authority:
    """The server's end, for one member."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._session = acting.session

    async def decide(self, push: Push) -> Pushed:
        """Carry out a device's commands. Raises Forbidden where the device is somebody else's."""
        actor = self._acting.actor
        batches: list[Batch] = []

        def work(connection: object) -> Pushed:
            batch = Batch(self._session, connection, actor, push, step_of)  # type: ignore[arg-type]
            batches.append(batch)
            return batch.decide()

        answer = await self._session.database.write(actor.organization_id, work)
        self._acting.tell(batches[-1].told.announcements)
        if batches[-1].ahead:
            await self._begin_epoch()
        return answer

    async def greet(self, hello: Hello) -> None:
        """A device is there, and says how far it has forgotten what was erased."""
        actor = self._acting.actor
        met = Replica(
            id=hello.replica_id, member_id=actor.user_id, seen_at=self._session.clock(),
            forgotten=hello.read,
        )  # fmt: skip
        await self._session.database.write(
            actor.organization_id,
            lambda connection: greet_replica(connection, actor.organization_id, met),
        )

    async def answer(self, pull: Pull) -> bytes:
        """What the member may see and the device does not have: lines of JSON, gzipped."""
        await self._notice_restored(pull)
        return await self._session.read(
            self._acting.actor, Role.GUEST, True,
            lambda reading: b"".join(packed_lines(pulled(reading, pull))),
        )  # fmt: skip

    async def _notice_restored(self, pull: Pull) -> None:
        epoch, seq = await self._session.read(
            self._acting.actor, Role.GUEST, True,
            lambda reading: (reading.epoch(), reading.last_seq()),
        )  # fmt: skip
        if pull.epoch == epoch and max(pull.cursors.values(), default=0) > seq:
            await self._begin_epoch()

    async def _begin_epoch(self) -> None:
        """A device that has read further than there is shows that this store came back from a backup. Said falsely it
        costs every device a reading, so it is believed once an hour, and stands in the audit trail."""
        actor, engine = self._acting.actor, self._acting.engine
        if not await engine.limits.take(RESTORED, f"restored {actor.organization_id}"):
            log.warning("a device has read further than there is: a new epoch begins")
            await engine.as_system(actor.organization_id, device=actor.device).execute(BeginEpoch())


def commanded(asked: Asked) -> Command:
    """A command that a device asks its server for, by its name on the wire. Raises Forbidden for one that no device can
    ask for, Unsupported, Invalid."""
    op, fields = upcast(asked.op, asked.arguments)
    found = handling_of(op)
    if not (found.on_server or found.offline):
        raise Forbidden(NOT_ASKED.format(op=found.command.OP))
    try:
        return command_from(op, fields)
    except ValidationError:
        raise Invalid(f"{asked.op} does not say what it should.") from None
