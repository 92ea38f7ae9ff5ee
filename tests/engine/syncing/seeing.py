"""A command counts as given behind no change that its device has not read: else it would overwrite in silence (P9)."""

from typing import Any

from sqlalchemy import select

from engine.store.tables import head, item, link, outbox, shadow
from tests.engine.syncing.devices import Laptop


async def check_seen(one: Laptop) -> None:
    """Of the command given last and the items that it names: an item that the server wrote up to its `base` is here as the
    server has it. In another epoch numbers mean nothing."""
    mine = one.acting.actor.organization_id

    def here(connection: Any) -> tuple[str, int, dict[str, int]]:
        newest = select(outbox.c.base, outbox.c.arguments).order_by(outbox.c.n.desc()).limit(1)
        given = connection.execute(newest).first()
        epoch = connection.execute(select(link.c.epoch)).scalar_one()
        if given is None:
            return epoch, 0, {}
        images = connection.execute(
            select(shadow.c.entity_id, shadow.c.image).where(shadow.c.entity == "item")
        )
        said = str(given.arguments)
        named = {id: image["seq"] for id, image in images if image is not None and id in said}
        return epoch, given.base, named

    def there(connection: Any) -> tuple[str, dict[str, int]]:
        epoch = connection.execute(
            select(head.c.epoch).where(head.c.organization_id == mine)
        ).scalar_one()
        rows = connection.execute(
            select(item.c.id, item.c.seq).where(item.c.organization_id == mine)
        )
        return epoch, dict(tuple(row) for row in rows)

    epoch, base, named = await one.acting.session.database.read(mine, here)
    now, rows = await one.member.session.database.read(mine, there)
    if epoch != now:
        return
    unseen = {id: (seq, rows[id]) for id, seq in named.items() if seq < rows.get(id, seq) <= base}
    assert not unseen, f"P9: {unseen} up to {base}"
