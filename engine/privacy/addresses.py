"""Mail addresses as people type them, in the one form in which they are kept."""

from engine.errors import Invalid
from engine.model.text import clean_line


def address(text: str) -> str:
    """The address without spaces around it and with its domain in lower case. Raises Invalid, with the reason."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(clean_line(text), check_deliverability=False)
    except EmailNotValidError as error:
        raise Invalid(f"“{clean_line(text)[:80]}” is no mail address: {error}") from None
    return found.normalized
