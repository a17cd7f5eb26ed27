"""Where files live that are neither the user's settings nor a project's: the cache, and the weights of models."""

from __future__ import annotations

from pathlib import Path

from glossator.config.settings import Settings


def cache_folder(settings: Settings) -> Path:
    """The folder for what can be lost at no more than the price of making it again; it need not exist."""
    if settings.cache.folder:
        return Path(settings.cache.folder).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("glossator", appauthor=False)


def models_folder(settings: Settings) -> Path:
    """The folder for weights of models; it need not exist.

    It is in the platform's folder for data, since people who clear their caches do not mean to fetch gigabytes again;
    where the settings name a cache folder, it is inside.
    """
    if settings.cache.folder:
        return cache_folder(settings) / "models"
    import platformdirs

    return platformdirs.user_data_path("glossator", appauthor=False) / "models"
