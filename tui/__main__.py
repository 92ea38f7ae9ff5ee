"""Starts ConneqtOS: `conneqtos` when installed, `python -m tui` in a checkout."""

import sys

from tui.collector import unwatched

with unwatched():
    from tui.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
