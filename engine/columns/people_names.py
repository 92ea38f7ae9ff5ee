"""Finds the person that somebody means by a name, part of a name, or nearly a name."""

from collections.abc import Callable, Mapping

from engine.columns.labels import is_id, name_key
from engine.columns.sentences import choices, quoted
from engine.errors import Invalid

ID_MARK = "#"
"""Stands before a member's id, behind a name that several people have."""

ALIKE = 75.0  # of 100: from here on a name is taken for a misspelt one
CLEAR_LEAD = 8.0  # how much better than the next the best must be
LONGEST = 200


def person_called(text: str, people: Mapping[str, str]) -> str:
    """The member id that `text` means: `Name #id`, a name, its only start, or what is nearly a
    name. Raises Invalid where nobody or several people are meant."""
    _, mark, id = text.rpartition(ID_MARK)
    if mark and (id in people or (not people and is_id(id))):
        return id
    exact = [id for id, name in people.items() if name == text]
    if len(exact) == 1:
        return exact[0]
    wanted = name_key(text[:LONGEST])
    keys = {id: name_key(name) for id, name in people.items()}
    for is_meant in _WAYS:
        found = [id for id, key in keys.items() if is_meant(wanted, key)]
        if found:
            return _only(text, found, people)
    return _only(text, _nearly(wanted, keys), people)


def _has_words(wanted: str, key: str) -> bool:
    words = key.split()
    return all(any(word.startswith(part) for word in words) for part in wanted.split())


_WAYS: tuple[Callable[[str, str], bool], ...] = (
    lambda wanted, key: key == wanted,
    lambda wanted, key: key.startswith(wanted),
    _has_words,
)
"""From the surest to the loosest: the first way that finds anybody decides."""


def _nearly(wanted: str, keys: Mapping[str, str]) -> list[str]:
    """Who is called almost so: the best one if the lead is clear, else all who come near."""
    from rapidfuzz.fuzz import ratio  # only for what is misspelt: it takes long to load

    scores = {
        id: max(ratio(wanted, part, score_cutoff=ALIKE) for part in (key, *key.split()))
        for id, key in keys.items()
        if key
    }
    near = sorted((id for id in scores if scores[id]), key=lambda id: -scores[id])
    if len(near) > 1 and scores[near[0]] - scores[near[1]] >= CLEAR_LEAD:
        return near[:1]
    return near


def _only(text: str, found: list[str], people: Mapping[str, str]) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(
            f"{quoted(text)} may be {choices(_told_apart(found, people))}. "
            "Type more of the name you mean."
        )
    raise Invalid(
        f"Nobody here is called {quoted(text)}. Add the person first, or correct the name."
    )


def _told_apart(ids: list[str], people: Mapping[str, str]) -> list[str]:
    """Names, with the id behind those that are the same."""
    names = [people[id] for id in ids]
    return [
        f"{name} {ID_MARK}{id}" if names.count(name) > 1 else name
        for id, name in zip(ids, names, strict=True)
    ]
