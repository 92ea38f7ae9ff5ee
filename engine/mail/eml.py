"""A mail as a file that every mail program opens (RFC 5322): text and HTML as alternatives."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from engine.clock import as_datetime
from engine.model.account import Mail
from engine.model.text import clean_line
from engine.privacy.policy import CONTACTS


def eml(mail: Mail) -> bytes:
    """Raises ValueError where the address is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("ConneqtOS", addr_spec=CONTACTS["Privacy"])
    message["To"] = Address(addr_spec=mail.address)
    message["Subject"] = clean_line(mail.subject)
    message["Date"] = as_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@conneqtos.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()
