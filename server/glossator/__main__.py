"""`python -m glossator` is the command `glossator`."""

from __future__ import annotations

import sys

from glossator.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
