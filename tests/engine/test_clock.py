"""Ids sort in the order in which they were asked for, whatever the clock does."""

from hypothesis import given
from hypothesis import strategies as st

from engine.clock import IdSource


@given(st.lists(st.integers(min_value=0, max_value=2**48 - 2), min_size=1, max_size=50))
def test_ids_sort_in_the_order_asked_for_even_where_the_clock_goes_back(times: list[int]) -> None:
    moments = iter(times)
    source = IdSource(clock=lambda: next(moments))
    ids = [source.next() for _ in times]
    assert ids == sorted(set(ids))


def test_a_clock_that_stands_still_gives_different_ids_in_order() -> None:
    source = IdSource(clock=lambda: 1_700_000_000_000)
    ids = [source.next() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {len(id) for id in ids} == {26}
