"""Which function answers which query, and the role that asking it needs."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, get_args

from msgspec import Struct, ValidationError, convert

from engine.errors import Invalid, UsageError
from engine.model.actor import Role
from engine.store.reading import Reading

T = TypeVar("T", covariant=True)


class Query(Struct, Generic[T], frozen=True, kw_only=True):
    """What an actor wants to see, as data; `T` is what comes back."""


class Answering(Struct, frozen=True, kw_only=True):
    query: type[Query[Any]]
    answer: Callable[[Reading, Any], Any]
    role: Role
    within_board: bool
    by_system: bool
    on_server: bool
    or_here: bool


ANSWERS: Final[dict[type[Query[Any]], Answering]] = {}
Q = TypeVar("Q", bound=Query[Any])


def answers(
    query: type[Q],
    *,
    role: str = "guest",
    within_board: bool = True,
    by_system: bool = False,
    on_server: bool = False,
    or_here: bool = False,
) -> Callable[[Callable[[Reading, Q], Any]], Callable[[Reading, Q], Any]]:
    """Register the function below as the answer to `query`. Guests may ask: what they may not see is not there.
    What is `by_system` only is no person's to ask. What is `on_server` a linked device does not know by itself: its
    server answers; while it cannot be reached the device says what it knows of it, if that is worth something
    (`or_here`)."""

    def register(answer: Callable[[Reading, Q], Any]) -> Callable[[Reading, Q], Any]:
        ANSWERS[query] = Answering(
            query=query, answer=answer, role=Role(role), within_board=within_board,
            by_system=by_system, on_server=on_server, or_here=or_here,
        )  # fmt: skip
        return answer

    return register


def answering(query: Query[Any]) -> Answering:
    found = ANSWERS.get(type(query))
    if found is None:
        raise UsageError(f"Nothing answers the query {type(query).__name__}.")
    return found


def query_from(name: str, fields: Mapping[str, Any]) -> Query[Any]:
    """A query by its name on the wire, of those that a server answers for its devices. Raises UsageError, Invalid."""
    import engine.queries.everything  # noqa: F401 (what is not loaded yet is no answer)

    kind = next((one for one in ANSWERS if one.__name__ == name), None)
    if kind is None or not ANSWERS[kind].on_server:
        raise UsageError(f"A server answers no query “{name[:40]}” for its devices.")
    try:
        query: Query[Any] = convert(fields, kind)
    except ValidationError:
        raise Invalid(f"{name} does not ask what it should.") from None
    return query


def answer_type(query: type[Query[Any]]) -> Any:
    """What comes back for such a query."""
    (base,) = query.__orig_bases__  # type: ignore[attr-defined]
    return get_args(base)[0]
