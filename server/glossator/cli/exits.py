"""The exit codes of the command; scripts build on them."""

from __future__ import annotations

from typing import Final

FINE: Final = 0  # also after files were changed in place
FINDINGS: Final = 1  # `check` found something, or with --check something would change
USAGE: Final = 2  # flags, configuration or budget
UNDONE: Final = 3  # a file could not be read or written, or work was left undone
