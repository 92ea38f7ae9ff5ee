"""Which function answers which query, and the role that asking it needs."""

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from engine.errors import UsageError
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


ANSWERS: Final[dict[type[Query[Any]], Answering]] = {}
Q = TypeVar("Q", bound=Query[Any])


def answers(
    query: type[Q], *, role: str = "guest", within_board: bool = True, by_system: bool = False
) -> Callable[[Callable[[Reading, Q], Any]], Callable[[Reading, Q], Any]]:
    """Register the function below as the answer to `query`. Guests may ask: what they may not see is not there.
    What is `by_system` only is no person's to ask."""

    def register(answer: Callable[[Reading, Q], Any]) -> Callable[[Reading, Q], Any]:
        ANSWERS[query] = Answering(
            query=query, answer=answer, role=Role(role), within_board=within_board,
            by_system=by_system,
        )  # fmt: skip
        return answer

    return register


def answering(query: Query[Any]) -> Answering:
    found = ANSWERS.get(type(query))
    if found is None:
        raise UsageError(f"Nothing answers the query {type(query).__name__}.")
    return found
