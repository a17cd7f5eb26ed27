"""Settings: what the user, the project, the editor and the command line say becomes one frozen value, once."""

from glossator.config.load import Problem, Resolved, Sources, load, resolve
from glossator.config.modes import MODES, Mode, mode_of
from glossator.config.settings import (
    BudgetSettings,
    CacheSettings,
    LocalSettings,
    MonitorSettings,
    PoolSettings,
    PrivacySettings,
    ProviderSettings,
    Settings,
)

__all__ = [
    "MODES",
    "BudgetSettings",
    "CacheSettings",
    "LocalSettings",
    "Mode",
    "MonitorSettings",
    "PoolSettings",
    "PrivacySettings",
    "Problem",
    "ProviderSettings",
    "Resolved",
    "Settings",
    "Sources",
    "load",
    "mode_of",
    "resolve",
]
