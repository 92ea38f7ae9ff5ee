"""What a server is told: by a TOML file, the environment and the call, in this order; every fault is named at once.
(What only shows when it is tried is sync.server.starting's.)"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from engine.errors import UsageError
from engine.store.file_places import SCHEME

PREFIX: Final = "CONNEQTOS_SERVER_"
LARGEST_BODY: Final = 64 << 20
MOST_REQUESTS: Final = 60_000
MOST_CONNECTIONS: Final = 1_000


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`database` is empty for the embedded file, `connections` the most that one process has to it. `proxies` are addresses or networks whose word on the client's
    address is believed; nobody else's is. `requests_per_minute` are those of one API key or session.
    `tls_cert` and `tls_key` are files; both or none. `webhooks_to_private_networks` lets webhooks be called over http, and
    inside the server's own network. `files` is where attachments lie, a folder or `s3://bucket/prefix`; "" for the data
    folder. `public_url` is where others reach this server, for its mails to name. Sizes in bytes; `largest_storage` is that of all files of one organization, 0 for no limit."""

    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8431
    database: str = ""
    connections: int = 10
    tls_cert: str = ""
    tls_key: str = ""
    proxies: tuple[str, ...] = ()
    largest_body: int = 1 << 20
    files: str = ""
    largest_file: int = 1 << 30
    largest_storage: int = 0
    seconds: int = 30
    requests_per_minute: int = 600
    webhooks_to_private_networks: bool = False


def found(given: Mapping[str, Any], file: Path | None = None) -> tuple[Settings, list[str]]:
    """The settings, and all that is wrong with them. `given` holds what the call names (None: not named)."""
    faults: list[str] = []
    known = {field.name: field for field in msgspec.structs.fields(Settings)}
    wanted: dict[str, Any] = {}
    for source, words in (
        (str(file), _file(file, faults)),
        ("the environment", _environment(known)),
        ("the call", {name: value for name, value in given.items() if value is not None}),
    ):
        for name, value in words.items():
            if name not in known:
                faults.append(f"{source}: there is no setting “{name}”")
                continue
            try:
                wanted[name] = msgspec.convert(value, known[name].type, strict=False)
            except msgspec.ValidationError as error:
                faults.append(f"{source}: {name}: {error}")
    settings = Settings(**wanted)
    return settings, faults + _faults(settings)


def refuse(faults: Sequence[str]) -> None:
    """Raises UsageError where there are any."""
    if faults:
        raise UsageError("The server was not started. " + "; ".join(faults) + ".")


def _file(file: Path | None, faults: list[str]) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{file} cannot be read: {error}")
        return {}


def _environment(known: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in os.environ.items():
        if name.startswith(PREFIX):
            setting = name.removeprefix(PREFIX).lower()
            listed = setting == "proxies" and setting in known
            found[setting] = (
                [one.strip() for one in value.split(",") if one.strip()] if listed else value
            )
    return found


def _faults(settings: Settings) -> list[str]:
    found = []
    if not settings.host:
        found.append(
            "host: it is empty (127.0.0.1 is this machine alone, 0.0.0.0 all its addresses)"
        )
    if not 0 <= settings.port <= 65_535:
        found.append(f"port: {settings.port} is none")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        found.append("tls_cert and tls_key: name both, or none")
    for name in ("tls_cert", "tls_key"):
        path = getattr(settings, name)
        if path and not Path(path).is_file():
            found.append(f"{name}: there is no file {path}")
    if settings.database and not settings.database.startswith("postgresql://"):
        found.append("database: it begins with postgresql://")
    for proxy in settings.proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            found.append(f"proxies: “{proxy}” is no address and no network")
    if not 1 << 10 <= settings.largest_body <= LARGEST_BODY:
        found.append(f"largest_body: between 1024 and {LARGEST_BODY}")
    if settings.largest_file < 1 or settings.largest_storage < 0:
        found.append("largest_file and largest_storage: numbers of bytes")
    if settings.files.startswith(SCHEME) and not settings.files.removeprefix(SCHEME).strip("/"):
        found.append("files: s3:// and the name of a bucket")
    if not 1 <= settings.connections <= MOST_CONNECTIONS:
        found.append(f"connections: between 1 and {MOST_CONNECTIONS}")
    if not 1 <= settings.seconds <= 600:
        found.append("seconds: between 1 and 600")
    if not 1 <= settings.requests_per_minute <= MOST_REQUESTS:
        found.append(f"requests_per_minute: between 1 and {MOST_REQUESTS}")
    return found
