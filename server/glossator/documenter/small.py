"""Which models are small, by their names."""

from __future__ import annotations

import re
from typing import Final

_SIZE: Final = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])")  # "0.5b", "270m"; no "v2", no "4bit"
_SMALL: Final = 2.0  # billions of parameters


def is_small(model: str) -> bool:
    """Whether a model's name says that it has fewer than two billion parameters ("qwen2.5-coder:0.5b", "270m")."""
    sizes = [float(number) / (1000 if unit == "m" else 1) for number, unit in _SIZE.findall(model.lower())]
    return bool(sizes) and sizes[-1] < _SMALL
