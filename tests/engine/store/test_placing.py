"""Places behind all others are those that the library of order keys makes, and come in order."""

from fractional_indexing import generate_key_between, generate_n_keys_between
from hypothesis import given
from hypothesis import strategies as st

from engine.store.placing import _behind


@given(st.sampled_from([None, "a0", "az", "Zz", "Zz5", "bzy", "bAz", "a0V"]), st.integers(0, 200))
def test_places_behind_all_others_are_those_of_the_library(last: str | None, count: int) -> None:
    assert _behind(last, count) == generate_n_keys_between(last, None, count)


@given(st.lists(st.integers(0, 30), max_size=12))
def test_places_behind_any_key_come_in_order(choices: list[int]) -> None:
    """Keys as they come about: between two, again and again, then some behind the last."""
    keys = [generate_key_between(None, None)]
    for choice in choices:
        at = choice % len(keys)
        following = keys[at + 1] if at + 1 < len(keys) else None
        keys.insert(at + 1, generate_key_between(keys[at], following))
    keys += _behind(keys[-1], 70)
    assert keys == sorted(set(keys))
    assert keys[-70:] == generate_n_keys_between(keys[-71], None, 70)
