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


def of_providers(settings: Settings) -> Settings:
    """What providers depend on, all else as by default: projects that are equal in this can share connections.

    A local model is a process of 0.8 GB, and a repository may hold many projects, each with its own line length.
    """
    return Settings(
        provider=settings.provider,
        mode=settings.mode,
        log=settings.log,
        providers=settings.providers,
        cache=settings.cache,
        budget=settings.budget,
        pool=settings.pool,
        privacy=settings.privacy,
        local=settings.local,
    )
