"""API keys: making one, and finding out quickly whose a given one is (policy §7; C38; security.md 3.2).

A key is `cq_live_<prefix>_<secret>`. The first check of one costs a bcrypt hash; for a minute after that a digest
under a key of this process tells that it is the same. What the key may do is read anew each time.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from engine.api import Acting, Engine
from engine.clock import derived_id, new_id
from engine.commands.api_keys import MakeApiKey, TouchApiKey
from engine.commands.sessions import NoteFailedSignIn
from engine.errors import Invalid, NotSignedIn, Refused
from engine.identity.accounts import PEPPER
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.identity.passwords import hashed, matches
from engine.model.actor import Actor, Scope
from engine.queries.members import KeyByPrefix
from engine.store.directory import API_KEY

DAY: Final = 86_400_000
START: Final = "cq_live_"
KEYS: Final = "API keys"
WRONG: Final = "This API key is not valid."
REMEMBERED_SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 10_000
TOUCHED_EVERY: Final = 300_000
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"


async def make(
    acting: Acting, name: str, scope: Scope, *, days: int = 0, call: str = "", gesture: str = ""
) -> str:
    """Comes back with the key, which is shown this once; it ends after `days`, 0 for never. The same `call` is carried
    out once, and gives the same key."""
    if days < 0:
        raise Invalid("A key cannot have ended before it begins.")
    engine = acting.engine
    while True:
        prefix, secret = _derived(acting, call) if call else (_chance(8), _chance(32))
        key = f"{START}{prefix}_{secret}"
        command = MakeApiKey(
            key_id=made_by(call) if call else new_id(), name=name, prefix=prefix, scope=scope,
            secret_hash=await hashed(key, engine.secret(PEPPER)),
            expires_at=engine.now() + days * DAY if days else 0,
        )  # fmt: skip
        try:
            await acting.execute(command, command_id=call or None, gesture=gesture)
            return key
        except Refused:
            if call or await engine.tenant_of(API_KEY, prefix) is None:
                raise  # for another reason than that the prefix is taken


def made_by(call: str) -> str:
    """The id of the key that a call makes."""
    return derived_id(call, "API key")


class KeyCheck:
    """One for a process: it remembers which keys were right (and which were wrong) for a minute."""

    def __init__(self, engine: Engine, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._timer = timer
        self._boot = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._wrong: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.hashed = 0
        """How many bcrypt hashes it has cost so far."""

    async def actor(self, caller: Caller, key: str) -> Acting:
        """Who acts with this key. Raises NotSignedIn, TooMany."""
        key = key.strip()
        prefix = key.removeprefix(START).split("_")[0]
        known = key.startswith(START) and len(key) == len(START) + 41
        tenant = await self._engine.tenant_of(API_KEY, prefix) if known else None
        digest = hmac.digest(self._boot, key.encode(), hashlib.sha256)
        if tenant is None or self._remembered(self._wrong, digest):
            raise NotSignedIn(WRONG)
        system = caller.system(self._engine, tenant)
        found = await system.query(KeyByPrefix(prefix=prefix))
        if found is None:
            raise NotSignedIn(WRONG)
        stored, member = found
        if self._remembered(self._right, digest) != stored.id:
            await self._check(caller, key, digest, stored.secret_hash, stored.id, tenant)
        if self._engine.now() - stored.last_used_at > TOUCHED_EVERY:
            await system.execute(TouchApiKey(key_id=stored.id))
        return self._engine.acting_as(
            Actor(
                organization_id=tenant, user_id=member.id, device=f"API key {prefix}",
                address=caller.address, scope=stored.scope,
            )
        )  # fmt: skip

    async def _check(
        self, caller: Caller, key: str, digest: bytes, secret_hash: str, key_id: str, tenant: str
    ) -> None:
        limit = (self._engine, "api_key", caller)
        async with self._locks.setdefault(key_id, asyncio.Lock()):
            # one after the other: else many wrong ones at once were all hashed before the first was counted
            if self._remembered(self._right, digest) == key_id:
                return
            await limited(*limit, about=key_id, tenant=tenant, peek=True)
            self.hashed += 1
            if await matches(key, secret_hash, self._engine.secret(PEPPER)):
                self._remember(self._right, digest, key_id)
                return
            self._remember(self._wrong, digest, key_id)
            await limited(*limit, about=key_id, tenant=tenant)
        await caller.system(self._engine, tenant).execute(NoteFailedSignIn(why="API key"))
        raise NotSignedIn(WRONG)

    def _remembered(self, cache: OrderedDict[bytes, tuple[str, float]], digest: bytes) -> str:
        found = cache.get(digest)
        if found is None or self._timer() - found[1] > REMEMBERED_SECONDS:
            cache.pop(digest, None)
            return ""
        return found[0]

    def _remember(
        self, cache: OrderedDict[bytes, tuple[str, float]], digest: bytes, key_id: str
    ) -> None:
        cache[digest] = (key_id, self._timer())
        while len(cache) > MOST_REMEMBERED:
            cache.popitem(last=False)


def _derived(acting: Acting, call: str) -> tuple[str, str]:
    """Prefix and secret that the same call gives again; who does not have the store's key can tell nothing of them."""
    named = f"{acting.actor.organization_id}\0{call}".encode()
    digest = hmac.digest(acting.engine.secret(KEYS), named, hashlib.sha512)
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:40])
    return letters[:8], letters[8:]


def _chance(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))
