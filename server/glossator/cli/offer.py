"""What a user is told once in a lifetime: that a small model of their own could write better prose."""

from __future__ import annotations

import sys

from glossator.cli import terminal
from glossator.config import Settings
from glossator.config.folders import cache_folder, models_folder

TEXT = "a small model on this machine writes better prose, and nothing leaves it: glossator model pull (shown once)"


def offer_model(settings: Settings) -> None:
    """Say so, if it is of use, was never said, and somebody is there to read it."""
    if settings.provider != ("embedded",) or not sys.stderr.isatty() or any(models_folder(settings).glob("*.gguf")):
        return
    try:
        mark = cache_folder(settings) / "told" / "local-model"
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(exist_ok=False)
    except OSError:  # said before; or it could not be kept in mind, and would be said again and again
        return
    terminal.warn(TEXT)
