from pathlib import Path

import pytest

from glossator.config import Settings
from glossator.workspace.files import Patterns, select_files
from glossator.workspace.ignores import settings_for

SETTINGS = Settings(
    ignore=("GLS105",),
    per_file_ignores=(
        ("tests/", ("GLS1",)),
        ("**/__init__.py", ("GLS101",)),
        ("/only.py", ("GLS2",)),
        ("!", ("GLS3",)),
    ),
)


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("tests/test_a.py", ("GLS1",)),
        ("src/tests/a.py", ("GLS1",)),
        ("src/__init__.py", ("GLS101",)),
        ("tests/__init__.py", ("GLS1", "GLS101")),
        ("only.py", ("GLS2",)),
        ("src/only.py", ()),
        ("src/größe 1.py", ()),
    ],
)
def test_a_file_adds_the_codes_of_the_patterns_that_match_it(tmp_path, name, want):
    assert settings_for(tmp_path / name, SETTINGS, tmp_path).ignore == ("GLS105", *want)


def test_a_file_that_nothing_matches_keeps_the_very_settings(tmp_path):
    assert settings_for(tmp_path / "a.py", SETTINGS, tmp_path) is SETTINGS
    assert settings_for(tmp_path / "tests" / "a.py", SETTINGS, tmp_path / "src") is SETTINGS
    assert settings_for(tmp_path / "tests" / "a.py", Settings(), tmp_path) == Settings()


def test_paths_are_taken_as_they_lie_from_anywhere(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path / "tests")
    assert settings_for(Path("a.py"), SETTINGS, tmp_path).ignore == ("GLS105", "GLS1")
    assert settings_for(Path("a.py"), SETTINGS, Path()).ignore == ("GLS105",)


@pytest.mark.parametrize("broken", ["!", "\\", "a\\"])
def test_what_is_no_pattern_is_passed_over(tmp_path, broken):
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text(f"{broken}\nb.py\n")
    found = select_files([tmp_path], Patterns(tmp_path, exclude=(broken, "c.py"))).files
    assert [path.name for path in found] == ["a.py"]
