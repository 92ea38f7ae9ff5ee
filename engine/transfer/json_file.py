"""Reads a whole JSON file safely: size, depth, encoding, and a place in the file for every fault."""

from pathlib import Path
from typing import Any

import msgspec

from engine.errors import UnreadableFile

MOST_BYTES = 512 << 20
_POSITION = "(byte "


def read_json(path: Path, content: bytes, kind: Any) -> Any:
    """The content as `kind`. Raises UnreadableFile naming file, place and reason."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile(
            path.name,
            "",
            f"it is larger than {MOST_BYTES >> 20} MiB. Export fewer items at a time.",
        )
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        raise UnreadableFile(
            path.name, "", "it is nested deeper than any board. Export it again."
        ) from None
    except msgspec.ValidationError as error:
        raise UnreadableFile(path.name, "", f"it is not as it should be: {error}.") from None
    except msgspec.DecodeError as error:
        raise UnreadableFile(path.name, _place(content, str(error)), _reason(error)) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(path.name, f"line {line}", "the text is not UTF-8.") from None


def looks_like_json(start: bytes) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def without_bom(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf")


def text_of(value: Any) -> str:
    """The value if it is text, else nothing: files of others hold anything anywhere."""
    return value if isinstance(value, str) else ""


def list_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; whatever else stands there is passed over."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _place(content: bytes, message: str) -> str:
    _, found, rest = message.partition(_POSITION)
    digits = rest.rstrip(")")
    if not found or not digits.isdigit():
        last = content.count(b"\n") + 1
        return f"line {last}" if "truncated" in message else ""
    position = int(digits)
    line = content.count(b"\n", 0, position) + 1
    letter = position - content.rfind(b"\n", 0, position)
    return f"line {line}, character {letter}"


def _reason(error: msgspec.DecodeError) -> str:
    if "truncated" in str(error):
        return "the file is cut off. Export or download it again."
    return f"this is not JSON: {str(error).partition(_POSITION)[0].strip()}."
