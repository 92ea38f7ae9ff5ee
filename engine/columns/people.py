"""People columns: any number of members, found by what is typed of their names."""

from collections.abc import Mapping

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.labels import is_id
from engine.columns.listed import join_names, split_names
from engine.columns.operands import needed
from engine.columns.people_names import ID_MARK, person_called
from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.predicate import AnyOf, Not, Order, RankOrder, Test
from engine.model.record import JSON
from engine.model.text import clean_line

MOST_PEOPLE = 200
UNKNOWN = "unknown person"


class People(ColumnType):
    key = "people"
    title = "People"
    hint = "names, comma separated"
    width = 20
    editor = "people"
    has_lanes = True
    many = True

    def parse(self, text: str, at: Surroundings) -> JSON:
        names = split_names(clean_line(text))
        return _in_order([person_called(name, at.people) for name in names], at)

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None:
            return None
        if not isinstance(value, list):
            raise Invalid("A value of a People column must be a list of member ids.")
        ids = []
        for id in value:
            known = isinstance(id, str) and (id in at.people if at.people else is_id(id))
            if not known:
                raise Invalid(f"There is no member {quoted(str(id)[:80])} in this organization.")
            ids.append(str(id))
        return _in_order(ids, at)

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        if not isinstance(value, list):
            return ()
        return (Piece(", ".join(at.people.get(str(id), UNKNOWN) for id in value)),)

    def text(self, value: JSON, at: Surroundings) -> str:
        if not isinstance(value, list):
            return ""
        return join_names(_name_to_find(str(id), at.people) for id in value)

    def order(self, at: Surroundings) -> Order:
        return RankOrder(tuple(at.people), (0,))

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {
            **super().filters,
            "any": _any,
            "none": lambda operand, at: Not(_any(operand, at)),
        }

    def guess(self, samples: list[str]) -> float:
        """Lists of two or three capitalized words. Labels may look the same, so it is never
        sure."""
        lists = [split_names(sample) for sample in samples]
        named = all(listed and all(map(_looks_like_a_name, listed)) for listed in lists)
        return 0.5 if samples and named else 0.0


def _in_order(ids: list[str], at: Surroundings) -> JSON:
    """Without doubles, in the order of names."""
    if len(ids) > 1:
        ids = list(dict.fromkeys(ids))
        ranks = {id: rank for rank, id in enumerate(at.people)}
        ids.sort(key=lambda id: (ranks.get(id, 0), id))
    if len(ids) > MOST_PEOPLE:
        raise Invalid(f"A People cell holds {MOST_PEOPLE} people, and these are {len(ids)}.")
    plain: list[JSON] = [*ids]
    return plain or None


def _name_to_find(id: str, people: Mapping[str, str]) -> str:
    """The name, with the id behind it where the name alone would not find the same person again."""
    name = people.get(id)
    if name is None:
        return ID_MARK + id
    if ID_MARK in name or list(people.values()).count(name) > 1:
        return f"{name} {ID_MARK}{id}"
    return name


def _any(operand: str, at: Surroundings) -> Test:
    names = split_names(needed(operand, "any"))
    return AnyOf(tuple(person_called(name, at.people) for name in names), many=True)


def _looks_like_a_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 3 and all(
        word[0].isupper() and word.replace("-", "").replace("’", "").replace("'", "").isalpha()
        for word in words
    )
