"""Random lives in the tests: some hundreds now; `CONNEQTOS_LIVES=5000` runs as many in each of its parts, and
`CONNEQTOS_SEED` those of a run before (docs/sync-model.md)."""

import os
import secrets
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.commands import upcasting
from engine.commands.attachments import AttachFile
from engine.commands.everything import ALL_COMMANDS
from engine.commands.history import Redo, Undo
from engine.commands.registry import HANDLERS
from tests.engine.syncing.gestures import MAKERS
from tests.engine.syncing.life import OLDER_RENAME, Life, to_todays_rename

LIVES = int(os.environ.get("CONNEQTOS_LIVES", "60"))
PARTS = 4
"""Side by side, on as many workers."""

PHASES = tuple(
    phase for phase in Phase if phase is not Phase.shrink or "CONNEQTOS_SHRINK" in os.environ
)
"""Shrinking a life takes minutes; the blob that is printed brings the same one again."""


def test_the_commands_of_a_life_are_of_every_kind_that_a_device_gives_by_itself() -> None:
    known = {kind for kind in ALL_COMMANDS if HANDLERS[kind].offline}
    assert known == MAKERS.keys() | {Undo, Redo, AttachFile}


@pytest.mark.timeout(300 + 10 * LIVES)
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_all_meet_again_and_nothing_is_lost(
    part: int, template_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(upcasting.UPCASTS, OLDER_RENAME, to_todays_rename)
    Life.template = template_file
    number = int(os.environ.get("CONNEQTOS_SEED", secrets.randbelow(1 << 32)))
    print(f"CONNEQTOS_SEED={number} CONNEQTOS_LIVES={LIVES}")
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        seed(number)(Life),
        settings=settings(
            max_examples=LIVES, stateful_step_count=40, deadline=None, print_blob=True,
            suppress_health_check=list(HealthCheck), phases=PHASES,
        ),
    )  # fmt: skip
