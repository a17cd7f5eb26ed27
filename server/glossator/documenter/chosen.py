"""Which providers some settings choose; light, since an editor asks at each keystroke."""

from __future__ import annotations

from glossator.config import Settings
from glossator.config.keys import EMBEDDED


def asks_models(settings: Settings) -> bool:
    """Whether anybody but the embedded provider is chosen."""
    return any(name != EMBEDDED for name in settings.provider)


def model_name(settings: Settings) -> str:
    """What people call the chosen providers together."""
    return "+".join(name for name in settings.provider if name != EMBEDDED)
