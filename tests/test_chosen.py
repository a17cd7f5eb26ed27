"""Which projects share the connections to their providers."""

from __future__ import annotations

from dataclasses import fields, replace

from glossator.config import Settings
from glossator.config.settings import PrivacySettings
from glossator.documenter.chosen import of_providers

SHARED = {"budget", "provider", "mode", "log", "providers", "cache", "pool", "privacy", "local"}
OF_NO_CONCERN = {
    *(
        "style",
        "line_length",
        "language",
        "init",
        "inherit",
        "hover_generates",
        "code_lens",
        "inline_completion",
        "include",
        "exclude",
    ),
    *("select", "ignore", "per_file_ignores", "min_coverage", "max_files", "max_file_kb", "convention"),
    *("templates", "monitor", "pages"),
}


def test_a_project_of_another_style_asks_through_the_same_connections():
    assert of_providers(Settings(style="numpy", line_length=100)) == of_providers(Settings())


def test_who_sees_other_things_is_asked_apart():
    private = replace(Settings(), privacy=PrivacySettings(exclude=("secret/",)))
    assert of_providers(private) != of_providers(Settings())


def test_of_every_setting_it_is_decided_whether_providers_depend_on_it():
    assert {one.name for one in fields(Settings)} == SHARED | OF_NO_CONCERN
    changed = Settings(**dict.fromkeys(SHARED | OF_NO_CONCERN, "other"))
    kept = of_providers(changed)
    assert {one.name for one in fields(kept) if getattr(kept, one.name) == "other"} == SHARED
