"""Keys one after the other: counts, strokes, letters, and giving up."""

from hypothesis import given
from hypothesis import strategies as st

from tui.key_sequence import KeySequence
from tui.keys import keymap

KEYMAP = keymap()
KEYS = ["j", "g", "d", "z", "a", "m", "apostrophe", "0", "3", "7", "escape", "u", "x", "down", "G"]


def typed(*keys: str) -> list[tuple[str, int, str]]:
    """The actions that these keys mean on a board: id, count and letter of each."""
    sequence = KeySequence(KEYMAP, ("global", "board", "table"))
    pressed = [sequence.press(key, key if len(key) == 1 else None) for key in keys]
    return [(p.action.id, p.count, p.letter) for p in pressed if p is not None and p.action]


def test_one_key_means_its_action_once() -> None:
    assert typed("j") == [("board.down", 1, "")]


def test_a_count_goes_before_the_key() -> None:
    assert typed("1", "0", "j", "k") == [("board.down", 10, ""), ("board.up", 1, "")]


def test_zero_alone_is_a_key_of_its_own() -> None:
    assert typed("0") == [("board.first_column", 1, "")]


def test_two_strokes_are_one_key() -> None:
    assert typed("g", "g", "d", "d", "z", "a") == [
        ("board.first", 1, ""), ("board.trash", 1, ""), ("board.toggle_group", 1, ""),
    ]  # fmt: skip


def test_a_count_goes_with_two_strokes_too() -> None:
    assert typed("5", "d", "d") == [("board.trash", 5, "")]


def test_a_mark_takes_the_letter_after_it() -> None:
    assert typed("m", "j", "apostrophe", "j") == [
        ("board.set_mark", 1, "j"), ("board.go_to_mark", 1, "j"),
    ]  # fmt: skip


def test_esc_forgets_what_was_gathered_and_only_then_is_a_key_itself() -> None:
    assert typed("5", "escape", "j") == [("board.down", 1, "")]
    assert typed("g", "escape", "g", "g") == [("board.first", 1, "")]
    assert typed("m", "escape", "j") == [("board.down", 1, "")]
    assert typed("escape") == [("board.back", 1, "")]


def test_strokes_that_mean_nothing_are_swallowed_and_the_next_key_is_fresh() -> None:
    assert typed("g", "x", "j") == [("board.down", 1, "")]


def test_a_key_without_a_meaning_is_left_to_others() -> None:
    assert KeySequence(KEYMAP, ("board",)).press("f11") is None


def test_what_is_awaited_can_be_shown() -> None:
    sequence = KeySequence(KEYMAP, ("board",))
    for key in ("1", "2", "g"):
        sequence.press(key, key)
    assert sequence.pending == "12g"
    sequence.press("g", "g")
    assert sequence.pending == ""


@given(st.lists(st.sampled_from(KEYS), max_size=12))
def test_whatever_was_typed_esc_makes_it_fresh(keys: list[str]) -> None:
    sequence = KeySequence(KEYMAP, ("board",))
    for key in keys:
        sequence.press(key, key if len(key) == 1 else None)
    if sequence.pending:
        sequence.press("escape")
    assert sequence.pending == ""
    pressed = sequence.press("j", "j")
    assert pressed is not None and pressed.action is not None
    assert (pressed.action.id, pressed.count) == ("board.down", 1)


@given(st.integers(1, 99_999))
def test_any_count_arrives_whole(count: int) -> None:
    assert typed(*str(count), "j") == [("board.down", count, "")]
