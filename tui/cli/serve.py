"""`conneqtos serve`: the server, on an embedded file, or on PostgreSQL."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from engine.errors import UsageError
from engine.retaining import begin_again
from tui import server_store
from tui.cli import asking
from tui.cli.output import note
from tui.folders import MAIL
from tui.server_address import checked_address
from tui.version import version

UNNAMED: Final = "https://…"
"""In mails of a server that has not been told its address."""


async def serve(arguments: Namespace) -> None:
    try:
        from sync.server import log_lines, serving, starting
    except ModuleNotFoundError as error:
        raise UsageError(
            f"The server needs more than is installed here ({error.name}). Install: conneqtos[server]"
        ) from None
    given = {
        name: getattr(arguments, name)
        for name in ("host", "port", "database", "tls_cert", "tls_key")
    }  # fmt: skip
    config = Path(arguments.config) if arguments.config else None
    wanted = await starting.settled(given, config, checked_address)
    log_lines.set_up()
    ask = asking.new_passphrase if asking.somebody_is_there() else None
    engine = await server_store.open_server(
        wanted.database, key_beside_data=arguments.key_beside_data,
        ask=asking.passphrase if asking.somebody_is_there() else None, ask_new=ask, files=wanted.files,
        plain_webhooks=wanted.webhooks_to_private_networks, connections=wanted.connections,
    )  # fmt: skip
    try:
        engine.served_at = wanted.public_url or UNNAMED
        if arguments.restored:
            await begin_again(engine)
        outbox = server_store.server_folder() / MAIL
        await serving.serve(
            engine,
            wanted,
            version(),
            outbox,
            lambda place: note(f"Listening on {place} (end with ctrl+c)"),
        )
    finally:
        await engine.close()
