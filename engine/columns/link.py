"""Link columns: a web or mail address, and the words that stand for it."""

from collections.abc import Mapping

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.operands import needed
from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.predicate import Both, Contains, Not, Order, Test, TextOrder
from engine.model.record import JSON
from engine.model.text import clean_line, folded

LONGEST_URL = 2_000
LONGEST_TEXT = 500
SCHEMES = {"http": "//", "https": "//", "mailto": ""}
"""Schemes a link may have, and what stands before the host; others could run things when opened."""


class Link(ColumnType):
    key = "link"
    title = "Link"
    hint = "https://example.org, or words <https://example.org>"
    width = 24
    editor = "line"

    def parse(self, text: str, at: Surroundings) -> JSON:
        line = clean_line(text)
        if not line:
            return None
        words, url = _taken_apart(line)
        return {"url": _valid_url(_with_scheme(url)), "text": _valid_words(words)}

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Invalid("A value of a Link column must be an object with “url” and “text”.")
        url, words = value.get("url"), value.get("text", "")
        if not isinstance(url, str) or not isinstance(words, str):
            raise Invalid("“url” and “text” of a link must be text.")
        url, words = clean_line(url), _valid_words(clean_line(words))
        if not url and not words:
            return None
        return {"url": _valid_url(url), "text": words}

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        if not isinstance(value, dict):
            return ()
        url = str(value["url"])
        return (Piece(str(value["text"]) or url.partition(":")[2].removeprefix("//")),)

    def text(self, value: JSON, at: Surroundings) -> str:
        if not isinstance(value, dict):
            return ""
        return f"{value['text']} <{value['url']}>" if value["text"] else str(value["url"])

    def order(self, at: Surroundings) -> Order:
        return TextOrder(path=("url",))

    def words(self, value: JSON) -> str:
        return f"{value['text']} {value['url']}".strip() if isinstance(value, dict) else ""

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {**super().filters, "contains": _contains}

    def guess(self, samples: list[str]) -> float:
        starts = ("http://", "https://", "mailto:", "www.")
        linked = sum(sample.lower().startswith(starts) for sample in samples)
        return 0.95 if samples and linked == len(samples) else 0.0


def _contains(operand: str, at: Surroundings) -> Test:
    """In its words or in its address. There is no “or” among tests: it is “not (neither)”."""
    words = folded(needed(operand, "contains"))
    return Not(Both(Not(Contains(words, ("text",))), Not(Contains(words, ("url",)))))


def _taken_apart(line: str) -> tuple[str, str]:
    """Words and address of `words <address>`, `[words](address)`, or an address alone."""
    if line.endswith(">"):
        words, found, url = line[:-1].rpartition("<")
        if found:
            return words.strip(), url.strip()
    if line.startswith("[") and line.endswith(")"):
        words, found, url = line[1:-1].rpartition("](")
        if found:
            return words.strip(), url.strip()
    return "", line


def _with_scheme(url: str) -> str:
    """The address with https:// or mailto: where people leave it out: `example.org/x`,
    `box@example.org`."""
    head, colon, rest = url.partition(":")
    host = head.partition("/")[0]
    if " " in url or (colon and not _is_host_and_port(head, rest)):
        return url
    if "@" in host and not colon and "/" not in head:
        return f"mailto:{url}"
    return f"https://{url}" if "." in host.strip(".") or host == "localhost" else url


def _is_host_and_port(head: str, rest: str) -> bool:
    """The colon between `head` and `rest` does not end a scheme: it stands before a port, or
    further back."""
    return rest.partition("/")[0].isdigit() or any(mark in head for mark in "/?#")


FORBIDDEN = frozenset(' <>"')


def _valid_url(url: str) -> str:
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower()
    start = SCHEMES.get(scheme)
    if not colon or start is None:
        raise Invalid(
            f"{quoted(url)} is not a link. A link starts with https://, http:// or mailto:."
        )
    if len(url) > LONGEST_URL:
        raise Invalid(f"This link is longer than {LONGEST_URL:,} characters. Use a shorter one.")
    if not FORBIDDEN.isdisjoint(url):
        raise Invalid(f"{quoted(url)} is not a link: it has a space, a quote or < > in it.")
    host = rest[len(start) :].partition("/")[0]
    whole = rest.startswith(start) and (host[:1].isalnum() or any(map(str.isalnum, host)))
    if not whole or (not start and "@" not in host):
        raise Invalid(f"{quoted(url)} is not a whole link. Write it like https://example.org.")
    return f"{scheme}:{rest}"


def _valid_words(words: str) -> str:
    if len(words) > LONGEST_TEXT:
        raise Invalid(f"The words of a link can have {LONGEST_TEXT} characters. Shorten them.")
    return words
