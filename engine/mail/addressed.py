"""Writes into a mail what to do with its code, when it is handed over: only then it is known where the store is that it
speaks of, on a device or at a server."""

import html

from msgspec.structs import replace

from engine.mail.templates import HOW, TEMPLATES
from engine.model.account import Mail


def addressed(mail: Mail, served_at: str | None) -> Mail:
    """`served_at` is the address of the server, None where the store is on a device."""
    template = TEMPLATES.get(mail.template)
    if template is None:
        return mail
    how = template.here if served_at is None else template.served.format(server=served_at)
    return replace(
        mail, text=mail.text.replace(HOW, how), html=mail.html.replace(HOW, html.escape(how))
    )
