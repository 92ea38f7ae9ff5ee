"""Keys by which people's own programs act as them, no further than their scope and never further than their role."""

from typing import ClassVar

from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, Invalid, NotFound
from engine.model.account import ApiKey
from engine.model.actor import Role, Scope
from engine.model.record import Number
from engine.store.directory import API_KEY, claim, release
from engine.store.purging import blank
from engine.store.unit_of_work import UnitOfWork


class MakeApiKey(Command, frozen=True, kw_only=True):
    """The key itself was shown to the person; here are its prefix and its bcrypt hash. `expires_at` 0: never."""

    OP: ClassVar[str] = "api_key.make@1"
    key_id: str
    name: str
    prefix: str
    secret_hash: str
    scope: Scope
    expires_at: Number = 0


class RevokeApiKey(Command, frozen=True, kw_only=True):
    """One's own, or as owner or admin anybody's: the next call with it fails."""

    OP: ClassVar[str] = "api_key.revoke@1"
    key_id: str


class TouchApiKey(Command, frozen=True, kw_only=True):
    """It was used."""

    OP: ClassVar[str] = "api_key.touch@1"
    key_id: str


@handles(
    MakeApiKey, role="guest", within_board=False, audit="api_key.made",
    no_undo="it can be revoked",
)  # fmt: skip
def make_api_key(unit: UnitOfWork, command: MakeApiKey) -> None:
    if unit.actor.scope is not Scope.ADMIN:
        raise Forbidden("A key makes no further keys, unless its scope is “admin”.")
    if command.expires_at and command.expires_at <= unit.now:
        raise Invalid("The key would have expired already.")
    claim(unit, API_KEY, command.prefix)
    unit.insert(
        ApiKey(
            id=command.key_id, member_id=unit.member.id, name=texts.name(command.name, "key", 100),
            prefix=command.prefix, secret_hash=command.secret_hash, scope=command.scope, created_at=unit.now,
            expires_at=command.expires_at,
        )
    )  # fmt: skip
    unit.say_in_audit(scope=command.scope.value, prefix=command.prefix)


@handles(
    RevokeApiKey, role="guest", on_server=True, within_board=False, audit="api_key.revoked",
    no_undo="another one can be made", when_restricted=True,
)  # fmt: skip
def revoke_api_key(unit: UnitOfWork, command: RevokeApiKey) -> None:
    key = unit.find(ApiKey, command.key_id)
    mine = key is not None and key.member_id == unit.member.id
    if key is None or key.revoked_at or not (mine or unit.member.role.covers(Role.ADMIN)):
        raise NotFound("There is no such key (any more).")
    release(unit, API_KEY, key.prefix)
    blank(unit, key, {"revoked_at": unit.now, "secret_hash": ""})
    unit.say_in_audit(prefix=key.prefix)


@handles(
    TouchApiKey, role="owner", within_board=False, no_audit="what is done with it is audited",
    no_undo="it says that something was used", by_system=True,
)  # fmt: skip
def touch_api_key(unit: UnitOfWork, command: TouchApiKey) -> None:
    blank(unit, unit.get(ApiKey, command.key_id), {"last_used_at": unit.now})
