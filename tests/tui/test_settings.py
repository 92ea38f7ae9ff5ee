"""config.toml: read, checked, changed; a mistake is one sentence with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from tui.settings import CHOICES, Settings, change_setting, read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_all_settings_have_their_first_value(file: Path) -> None:
    assert read_settings(file) == (Settings(), [])


def test_settings_are_read(file: Path) -> None:
    file.write_text('theme = "light"\nmouse = false\n[bindings]\n"board.open" = ["o"]\n')
    wanted = Settings(theme="light", mouse=False, bindings={"board.open": ["o"]})
    assert read_settings(file) == (wanted, [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('\ntheme = "drak"', 'line 2: “theme” cannot be "drak". Choose'),
        ("mouse = 1", "line 1: “mouse” cannot be 1."),
        ('keys = ["vim"]', "line 1: “keys” cannot be"),
        ('\n\nthem = "dark"', "line 3: there is no setting “them”. Did you mean “theme”?"),
        ('bindings = "x"', "line 1: “bindings” is a table"),
        ('[bindings]\n"board.open" = "o"', "line 2: the keys of “board.open” are a list"),
        ("theme = dark", "line 1: this is not valid TOML"),
        ('theme = "dark"\ntheme = "light"', "this is not valid TOML"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(file: Path, text: str, sentence: str) -> None:
    file.write_text(text)
    settings, mistakes = read_settings(file)
    assert settings == Settings()
    assert len(mistakes) == 1 and sentence in mistakes[0]
    assert "\n" not in mistakes[0] and "config.toml" in mistakes[0]


def test_one_mistake_leaves_the_other_settings_in_force(file: Path) -> None:
    file.write_text('theme = "drak"\nkeys = "plain"\n')
    settings, mistakes = read_settings(file)
    assert settings.keys == "plain" and len(mistakes) == 1


def test_bytes_that_are_no_text_are_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in read_settings(file)[1][0]


def test_a_change_leaves_comments_and_order_as_they_are(file: Path) -> None:
    file.write_text('# mine\ntheme = "dark"  # at night\n\n[bindings]\n"a.b" = ["x"]\n')
    change_setting("theme", "light", file)
    change_setting("mouse", False, file)
    assert file.read_text() == (
        '# mine\ntheme = "light"  # at night\n\nmouse = false\n[bindings]\n"a.b" = ["x"]\n'
    )


def test_a_first_change_writes_a_file_that_explains_itself(file: Path) -> None:
    change_setting("keys", "plain", file)
    text = file.read_text()
    assert '\nkeys = "plain"' in text and "# theme" in text
    assert read_settings(file) == (Settings(keys="plain"), [])


def test_a_value_that_is_none_is_refused(file: Path) -> None:
    with pytest.raises(Invalid, match="Choose"):
        change_setting("theme", "blue", file)
    assert not file.exists()


def test_a_broken_file_is_left_as_it_is(file: Path) -> None:
    file.write_text("theme = = 1")
    with pytest.raises(Invalid, match="left as it is"):
        change_setting("theme", "light", file)
    assert file.read_text() == "theme = = 1"


changes = st.lists(
    st.sampled_from([(name, value) for name, choices in CHOICES.items() for value in choices]),
    max_size=8,
)


@given(changes)
def test_whatever_is_changed_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, str | bool]]
) -> None:
    file = tmp_path_factory.mktemp("config") / "config.toml"
    for name, value in made:
        change_setting(name, value, file)
    settings, mistakes = read_settings(file)
    assert mistakes == []
    assert {name: getattr(settings, name) for name, _ in made} == dict(made)
