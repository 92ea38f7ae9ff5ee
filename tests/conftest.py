"""What every test shares: a home of its own for the program, and how Hypothesis searches."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("ci")  # --hypothesis-profile chooses another one


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or changes the workspaces of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNEQTOS_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("CONNEQTOS_WORKSPACE", raising=False)
        patch.delenv("CONNEQTOS_PASSPHRASE", raising=False)
        yield
