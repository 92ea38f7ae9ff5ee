"""Random lives in the tests: a few now; `CONNEQTOS_LIVES=20000` runs as many as it says (docs/sync-model.md)."""

import os
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.engine.syncing.life import Life

LIVES = int(os.environ.get("CONNEQTOS_LIVES", "60"))

PHASES = tuple(
    phase for phase in Phase if phase is not Phase.shrink or "CONNEQTOS_SHRINK" in os.environ
)
"""Shrinking a life takes minutes; the blob that is printed brings the same one again."""


def test_whatever_happens_all_meet_again_and_nothing_is_lost(template_file: Path) -> None:
    Life.template = template_file
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life,
        settings=settings(
            max_examples=LIVES, stateful_step_count=40, deadline=None, print_blob=True,
            suppress_health_check=list(HealthCheck), phases=PHASES,
        ),
    )  # fmt: skip
