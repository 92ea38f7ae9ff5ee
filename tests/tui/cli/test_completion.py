"""The completion scripts know every command; the one for bash is tried in bash."""

import shutil
import subprocess

import pytest

from tui.cli.program import main


def completions(script: str, *words: str) -> list[str]:
    trial = (
        f"{script}\nCOMP_WORDS=(conneqtos {' '.join(words)}); COMP_CWORD={len(words)}; "
        '_conneqtos; echo "${COMPREPLY[@]}"'
    )
    ran = subprocess.run(["bash", "-c", trial], capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_completes_commands_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert completions(script, "i") == ["item", "import"]
    assert completions(script, "item", "a") == ["add"]
    assert completions(script, "--workspace", "import", "item", "add", "--b") == ["--board"]
    assert completions(script, "completion", "z") == ["zsh"]


@pytest.mark.parametrize(("shell", "line"), [("zsh", "bashcompinit"), ("fish", "-a doctor")])
def test_other_shells_have_their_script(
    shell: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert line in capsys.readouterr().out
