from pathlib import Path

from glossator.config import CacheSettings, Settings
from glossator.config.folders import cache_folder, models_folder


def test_weights_stay_when_the_platforms_caches_are_cleared(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/nowhere/caches")
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere/data")
    assert "caches" not in models_folder(Settings()).parts
    assert models_folder(Settings()).name == "models"
    assert cache_folder(Settings()) not in models_folder(Settings()).parents


def test_a_cache_folder_that_the_user_names_takes_the_weights_along():
    settings = Settings(cache=CacheSettings(folder="~/fast"))
    assert cache_folder(settings) == Path.home() / "fast"
    assert models_folder(settings) == Path.home() / "fast" / "models"
