"""Which files providers may see, and so which the cache is asked about."""

from __future__ import annotations

from pathlib import Path

from glossator.config import Settings
from glossator.workspace.project import project_root
from glossator.workspace.withheld import may_be_sent


def may_be_seen(path: str, settings: Settings) -> bool:
    """Whether providers of these settings may see the source of a file."""
    return is_shown(path, settings.privacy.exclude)


def is_shown(path: str, exclude: tuple[str, ...]) -> bool:
    """Whether a file is not held back: by its name, by these patterns or by a `.glossatorignore` file."""
    file = Path(path)
    return may_be_sent(file, exclude, project_root(file))
