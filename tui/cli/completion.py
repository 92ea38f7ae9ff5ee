"""`conneqtos completion`: prints a script that completes commands and options."""

import argparse
from argparse import Namespace
from collections.abc import Iterator
from typing import Final

from tui.cli.grammar import grammar
from tui.cli.output import say
from tui.cli.parser import Parser

_BASH: Final = """\
_conneqtos() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" called="" i=1
    while [ "$i" -lt "$COMP_CWORD" ]; do
        case "${{COMP_WORDS[i]}}" in
            --workspace) i=$((i + 1)) ;;
            -*) ;;
            *) called="${{called:+$called }}${{COMP_WORDS[i]}}" ;;
        esac
        i=$((i + 1))
    done
    case "$called" in
{cases}
    esac
}}
complete -o default -F _conneqtos conneqtos"""
_CASE: Final = """        {path}) COMPREPLY=($(compgen -W "{words}" -- "$cur")) ;;"""
_ZSH: Final = "autoload -U +X bashcompinit && bashcompinit\n"


def script(arguments: Namespace) -> None:
    for line in SCRIPTS[arguments.shell]().split("\n"):
        say(line)


def _bash() -> str:
    paths = sorted(_paths(grammar()), key=lambda found: -len(found[0]))
    cases = [
        _CASE.format(path=f'"{path}"*' if path else '""', words=" ".join(words))
        for path, words in ((" ".join(path), [*verbs, *options]) for path, verbs, options in paths)
    ]
    return _BASH.format(cases="\n".join(cases))


def _zsh() -> str:
    return _ZSH + _bash()


def _fish() -> str:
    lines = []
    for path, verbs, options in _paths(grammar()):
        here = _fish_condition(path, verbs)
        for verb, help in verbs.items():
            lines.append(f"complete -c conneqtos -f -n '{here}' -a {verb} -d '{help}'")
        for option in options:
            if option.startswith("--"):
                lines.append(f"complete -c conneqtos -n '{here}' -l {option[2:]}")
    return "\n".join(lines)


def _fish_condition(path: tuple[str, ...], verbs: dict[str, str]) -> str:
    seen = [f"__fish_seen_subcommand_from {word}" for word in path]
    if verbs and path:
        seen.append(f"not __fish_seen_subcommand_from {' '.join(verbs)}")
    return "; and ".join(seen) or "__fish_use_subcommand"


def _paths(
    parser: Parser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[str, str], list[str]]]:
    """Each command there is: its words, what can follow with its help, and its options."""
    verbs: dict[str, str] = {}
    options: list[str] = []
    below: list[Iterator[tuple[tuple[str, ...], dict[str, str], list[str]]]] = []
    for action in parser.filled()._actions:
        options += action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            verbs = {choice.dest: (choice.help or "") for choice in action._choices_actions}
            below += [_paths(inner, (*path, verb)) for verb, inner in action.choices.items()]
        elif action.choices and not action.option_strings:
            verbs = dict.fromkeys(action.choices, "")
    yield path, verbs, options
    for deeper in below:
        yield from deeper


SCRIPTS: Final = {"bash": _bash, "zsh": _zsh, "fish": _fish}
