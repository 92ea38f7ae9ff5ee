"""Link columns take addresses in every usual spelling, and none that could run something."""

import pytest

from engine.columns.column_type import Piece, Surroundings
from engine.columns.link import Link
from engine.errors import Invalid
from tests.engine.columns.evaluate import evaluate_test, sorted_by

link, at = Link(), Surroundings()


@pytest.mark.parametrize(
    ("typed", "url", "text"),
    [
        ("https://example.org/a?b=c:d#e", "https://example.org/a?b=c:d#e", ""),
        ("HTTPS://Example.org", "https://Example.org", ""),
        ("the docs <https://example.org>", "https://example.org", "the docs"),
        ("a < b <https://example.org>", "https://example.org", "a < b"),
        ("[the docs](https://example.org)", "https://example.org", "the docs"),
        ("[docs] (old) <example.org>", "https://example.org", "[docs] (old)"),
        ("example.org/x", "https://example.org/x", ""),
        ("example.org?x=a:b", "https://example.org?x=a:b", ""),
        ("example.org:8080/x", "https://example.org:8080/x", ""),
        ("localhost:3000", "https://localhost:3000", ""),
        ("box@example.org", "mailto:box@example.org", ""),
        ("mailto:box@example.org", "mailto:box@example.org", ""),
    ],
)
def test_usual_spellings_are_read(typed: str, url: str, text: str) -> None:
    assert link.parse(typed, at) == {"url": url, "text": text}


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)", "JavaScript://example.org/%0aalert(1)", "file:///etc/passwd",
        "data:text/html,x", "ftp://example.org", "click <javascript:alert(1)>", "tel:123", "hello",
    ],
)  # fmt: skip
def test_other_schemes_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"is not a link. A link starts with https://, http:// or"):
        link.parse(typed, at)


@pytest.mark.parametrize("typed", ["https://", "http:example.org", "mailto:nobody", "https:///x"])
def test_half_a_link_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"is not a whole link"):
        link.parse(typed, at)


@pytest.mark.parametrize("url", ["https://a b.org", 'https://a"b.org', "https://a.org/<x>"])
def test_letters_that_end_a_link_are_refused_in_it(url: str) -> None:
    with pytest.raises(Invalid, match=r"it has a space, a quote or < > in it"):
        link.validate({"url": url, "text": ""}, at)


def test_lengths_have_an_end() -> None:
    with pytest.raises(Invalid, match=r"longer than 2,000 characters"):
        link.parse("https://example.org/" + "a" * 2_000, at)
    with pytest.raises(Invalid, match=r"can have 500 characters"):
        link.parse("a" * 501 + " <https://example.org>", at)


@pytest.mark.parametrize(
    "sent", ["https://example.org", {}, {"url": 1}, {"url": "https://e.org", "text": 3}, []]
)
def test_a_value_of_another_shape_is_refused(sent: object) -> None:
    with pytest.raises(Invalid, match=r"link|Link"):
        link.validate(sent, at)  # type: ignore[arg-type]


def test_an_empty_object_of_the_right_shape_is_no_value() -> None:
    assert link.validate({"url": "", "text": ""}, at) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"url": "https://example.org/x", "text": ""}, "example.org/x"),
        ({"url": "mailto:box@example.org", "text": ""}, "box@example.org"),
        ({"url": "https://example.org/x", "text": "docs"}, "docs"),
    ],
)
def test_a_cell_shows_the_words_or_the_address_without_scheme(
    value: dict[str, str], shown: str
) -> None:
    assert link.render({**value}, at) == (Piece(shown),)


def test_contains_and_search_look_at_words_and_address() -> None:
    value = {"url": "https://example.org", "text": "The Docs"}
    assert evaluate_test(link.test("contains", "docs", at), {**value})
    assert evaluate_test(link.test("contains", "example", at), {**value})
    assert not evaluate_test(link.test("contains", "else", at), {**value})
    assert not evaluate_test(link.test("contains", "docs", at), None)
    assert link.words({**value}) == "The Docs https://example.org"


def test_sorting_goes_by_address() -> None:
    one, two = ({"url": f"https://{host}.org", "text": ""} for host in "ab")
    assert sorted_by(link.order(at), [None, {**two}, {**one}]) == [one, two, None]
