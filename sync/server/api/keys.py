"""/api/keys: API keys are made here and nowhere else for who works with a server: their hash needs its pepper."""

from typing import Annotated, Final

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.identity.api_keys import made_by, make
from engine.model.actor import Scope
from engine.queries.members import ApiKeys
from sync.server.api.calling import made, once
from sync.server.api.parameters import Key

LONGEST: Final = 36_500


class KeyWanted(Struct, frozen=True, kw_only=True):
    """It ends after `days`, 0 for never."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    scope: Scope
    days: Annotated[int, Meta(ge=0, le=LONGEST)] = 0


class KeyMade(Struct, frozen=True, kw_only=True):
    """The key is shown this once."""

    key: str


class KeysApi(Controller):
    path = "/api/keys"
    tags = ["people"]

    @post(name="keys.create")
    async def create(
        self, acting: NamedDependency[Acting], data: JSONBody[KeyWanted], idempotency_key: Key = None
    ) -> KeyMade:  # fmt: skip
        """Acts as the caller, no further than its scope. It takes a session, or a key with the scope “admin”."""
        call = once(idempotency_key, acting, "key", said=data)
        key = await make(
            acting, data.name, data.scope, days=data.days, call=call.id, gesture=call.gesture
        )
        mine, id = await acting.query(ApiKeys()), made_by(call.id)
        return made(KeyMade(key=key) for one in mine if one.id == id and not one.revoked_at)
