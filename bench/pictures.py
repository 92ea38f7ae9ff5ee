"""`make pictures`: the pictures of the README, drawn by the running app on the demo boards."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = (112, 34)
REMOTE_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture must not fetch anything when it is looked at."""
# What to press from the opened board, and the picture's name.
SHOTS = ((("escape",), "table"), (("t",), "kanban"), (("t", "enter"), "item"))


async def draw(folder: Path) -> None:
    from tui import unlocking
    from tui.app import ConneqtApp, StartAt

    for keys, name in SHOTS:
        start = StartAt(folder=folder, unlocked=unlocking.unlock(folder), board="Product roadmap")
        app = ConneqtApp(start)
        async with app.run_test(size=SIZE) as pilot:
            for key in ("pause", *keys):
                for _ in range(3):
                    await pilot.pause(0.2)
                if key not in ("pause", "escape"):
                    await pilot.press(key)
            await pilot.pause(0.6)
            picture = REMOTE_FONT.sub("", app.export_screenshot(title=f"ConneqtOS · {name}"))
            (PICTURES / f"{name}.svg").write_text(picture.replace("Fira Code", "monospace"))


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["CONNEQTOS_HOME"] = home
        from tui import demo_workspace

        folder = asyncio.run(demo_workspace.make_demo(key_beside_data=True))
        PICTURES.mkdir(parents=True, exist_ok=True)
        asyncio.run(draw(folder))


if __name__ == "__main__":
    main()
