"""A member holds so many lines for news in one process, and another one where one of them ends."""

from contextlib import ExitStack

import pytest

from engine.api import Acting, Engine
from engine.errors import TooMany
from engine.identity.api_keys import make
from engine.model.actor import Actor, Scope
from sync.server.app import create_app
from sync.server.lines import MOST, Lines
from sync.server.settings import Settings
from tests.engine.members import colleague
from tests.sync.server.line import Line


def test_a_member_holds_so_many_and_nobody_elses_count() -> None:
    lines, mine = Lines(100), Actor(organization_id="home", user_id="ada")
    with ExitStack() as held:
        for _ in range(MOST):
            held.enter_context(lines.one(mine))
        with pytest.raises(TooMany), lines.one(mine):
            pass
        for other in (
            Actor(organization_id="home", user_id="eve"),
            Actor(organization_id="away", user_id="ada"),
        ):
            with lines.one(other):
                pass
    with lines.one(mine):
        pass


def test_one_network_holds_so_many_whoever_they_are_of() -> None:
    lines = Lines(3)
    with ExitStack() as held:
        for number in range(3):
            held.enter_context(lines.one(at(f"member-{number}", f"2001:db8::{number}")))
        with pytest.raises(TooMany), lines.one(at("member-3", "2001:db8::ffff")):
            pass
        with lines.one(at("member-3", "2001:db8:0:1::1")):
            pass
    with lines.one(at("member-3", "2001:db8::ffff")):
        pass


def at(member: str, address: str) -> Actor:
    return Actor(organization_id="home", user_id=member, address=address)


async def test_one_line_too_many_is_refused_until_another_one_ends(
    engine: Engine, acting: Acting
) -> None:
    app = create_app(engine, Settings(), "1.0")
    keys = [await make(await colleague(acting), "device", Scope.READ) for _ in range(2)]
    mine, other = ({"Authorization": f"Bearer {key}"} for key in keys)
    lines = [Line(app, mine) for _ in range(MOST)]
    assert [await line.open() for line in lines] == [200] * MOST
    late, theirs = Line(app, mine), Line(app, other)
    assert await late.open() == 429 and b"too_many" in late.said
    assert await theirs.open() == 200
    await lines.pop().close()
    again = Line(app, mine)
    assert await again.open() == 200
    for line in (*lines, late, theirs, again):
        await line.close()
