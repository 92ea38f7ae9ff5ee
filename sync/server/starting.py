"""Whether a server can do what its settings say, tried before anything is opened: the address, the certificate, the
database, the place for files. Whatever is wrong is named at once, together with what is wrong in the settings."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from engine.errors import ConneqtError, UsageError
from engine.store.file_places import try_out
from sync.server.serving import listening_socket
from sync.server.settings import Settings, found, refuse


async def settled(
    given: Mapping[str, Any], file: Path | None = None, address: Callable[[str], str] = str
) -> Settings:
    """As `found`, and tried. `address` reads the `public_url` as whoever is told of it does, and raises UsageError for
    what is none. Raises UsageError with all that is wrong."""
    settings, faults = found(given, file)
    if settings.public_url:
        try:
            settings = replace(settings, public_url=address(settings.public_url))
        except UsageError as error:
            faults.append(f"public_url: {str(error).rstrip('.')}")
    wrong = [names for names in TRIED if any(f"{name}:" in one for one in faults for name in names)]
    for names, attempt in TRIED.items():
        if names not in wrong:
            try:
                await attempt(settings)
            except ConneqtError as error:
                faults.append(str(error).rstrip("."))
            except (OSError, ValueError, TypeError) as error:  # as Python says it, of what is none
                faults.append(f"{' and '.join(names)}: {error}".rstrip("."))
    refuse(faults)
    return settings


async def _listen(settings: Settings) -> None:
    (await asyncio.to_thread(listening_socket, settings)).close()


async def _show(settings: Settings) -> None:
    """Raises UsageError for a certificate and a key that do not go together."""
    if not (settings.tls_cert and settings.tls_key):
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password=lambda: "")
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(
            f"{settings.tls_cert} and {settings.tls_key} cannot be used as certificate and key: "
            f"{error.strerror or error}. Both are PEM files, the key without a passphrase."
        ) from None


async def _connect(settings: Settings) -> None:
    if settings.database:
        from engine.store.postgres import reach  # brings the ORM, which a file does without

        await reach(settings.database)


async def _keep(settings: Settings) -> None:
    if settings.files:
        await asyncio.to_thread(try_out, settings.files)


TRIED: Final[dict[tuple[str, ...], Callable[[Settings], Awaitable[None]]]] = {
    ("host", "port"): _listen,
    ("tls_cert", "tls_key"): _show,
    ("database",): _connect,
    ("files",): _keep,
}
"""By the settings that it takes: where one of them is wrong by itself, there is nothing to try."""
