"""`conneqtos config`: where the configuration file is, and what is wrong in it."""

from argparse import Namespace

from engine.errors import Invalid
from tui.cli.output import note, say
from tui.folders import config_file, spoken
from tui.settings import read_settings


def path(arguments: Namespace) -> None:
    say(str(config_file()))


def all_mistakes() -> list[str]:
    """What is wrong in the configuration file, also keys that would do two things."""
    from tui.keys import keymap_of

    settings, mistakes = read_settings()
    return [*mistakes, *keymap_of(settings)[1]]


def check(arguments: Namespace) -> None:
    """Raises Invalid with the last mistake; those before it are remarks."""
    mistakes = all_mistakes()
    for mistake in mistakes[:-1]:
        note(f"conneqtos: {mistake}")
    if mistakes:
        raise Invalid(mistakes[-1])
    if config_file().exists():
        say(f"{spoken(config_file())} is right.")
    else:
        say(f"There is no {spoken(config_file())}: every setting has its first value.")
