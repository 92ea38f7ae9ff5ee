"""`make bench`: the budgets of DESIGN §11 in one run, with ratios; the table goes to docs/benchmarks.md."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench import app_budgets, engine_budgets
from bench.figures import Figures, machine


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000", help="numbers of items, with commas")
    parser.add_argument("--only", choices=["engine", "app"], help="one half of it")
    parser.add_argument("--write", type=Path, help="also write the table to this file")
    options = parser.parse_args()
    sizes = tuple(int(size) for size in options.sizes.split(","))
    figures = Figures()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "app":
            asyncio.run(engine_budgets.measure(figures, Path(folder) / "engine", sizes))
        if options.only != "engine":
            app_budgets.measure(figures, Path(folder) / "app", sizes)
    if options.write:
        options.write.write_text(f"{machine()}\n\n{figures.markdown()}\n")


if __name__ == "__main__":
    main()
