"""The workspace with sample boards, made when it is first asked for."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from engine.identity.login import NAMELESS
from tui.bootstrap import create_workspace
from tui.folders import data_folder
from tui.recent_workspaces import remember
from tui.unlocking import Protection, best_protection, given_passphrase, has_key


def demo_is_there() -> bool:
    return has_key(data_folder() / "demo")


async def make_demo(
    key_beside_data: bool = False, ask_new: Callable[[], str] | None = None
) -> Path:
    """The workspace with sample boards, made at the first call. Its key lies beside the data only where
    there is no better place for it and the caller asked for that."""
    folder = data_folder() / "demo"
    if demo_is_there():
        remember(folder, "Demo")
        return folder
    best = await asyncio.to_thread(best_protection)
    nowhere = best is Protection.PASSPHRASE and given_passphrase() is None
    protection = Protection.CLEAR if nowhere and key_beside_data else best
    from tui.demo import fill_with_samples

    opened = await create_workspace(
        folder, name="Demo", protection=protection, ask_new=ask_new, owner_name=NAMELESS
    )
    try:
        await fill_with_samples(opened.acting)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        await opened.acting.engine.close()
    return folder
