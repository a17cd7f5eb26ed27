"""`check` and pages: which are found, in which formats, with baselines and commits to compare with."""

import json

import pytest
from repositories import IDENTITY, Repository

from glossator.cli.main import main

PLAIN = '''\
"""Measure shapes."""


def area(width, height):
    """Multiply two sides."""
    return width * height
'''
CHANGED = PLAIN.replace("height):", "height=1):")


@pytest.fixture
def package(project):
    """A package with a page in docs/ that is stale, and an ordinary file of Markdown."""
    folder = project / "shapes"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Shapes."""\n')
    (folder / "plain.py").write_text(PLAIN)
    assert main(["page", "api", "shapes", "-o", "docs/api.md"]) == 0
    (folder / "plain.py").write_text(CHANGED)
    (project / "notes.md").write_text("[a](gone.md)\n")
    return folder


def found(capsys, *arguments):
    """What `check` finds: (path, symbol, code)."""
    capsys.readouterr()
    main(["check", "--output-format", "json", *arguments])
    return [(one["path"], one["symbol"], one["code"]) for one in json.loads(capsys.readouterr().out)]


STALE = ("docs/api.md", "shapes.plain.area", "GLS401")


def test_beneath_a_folder_pages_are_checked_and_other_markdown_is_not(package, capsys):
    assert found(capsys, ".") == [STALE]
    assert found(capsys, "docs", "shapes") == [STALE]


def test_markdown_that_is_named_is_checked(package, capsys):
    assert found(capsys, "docs/api.md", "notes.md") == [STALE, ("notes.md", "<page>", "GLS402")]
    assert found(capsys, "docs", "docs/api.md") == [STALE]


def test_a_page_that_is_shown_as_an_example_is_none(package, project, capsys):
    (project / "how.md").write_text("```\n<!-- glossator:page kind=api path=nowhere -->\n```\n[a](gone.md)\n")
    assert found(capsys, ".") == [STALE]


def test_a_page_whose_head_is_hidden_by_an_open_fence_is_found(package, project, capsys):
    page = project / "docs" / "api.md"
    page.write_text(f"~~~\n{page.read_text()}")
    assert ("docs/api.md", "title", "GLS401") in found(capsys, ".")


def test_ignored_pages_are_left_out_unless_they_are_named(package, project, capsys):
    (project / ".gitignore").write_text("docs/\n")
    assert found(capsys, ".") == []
    assert main(["page", "update", ".", "--check"]) == 2
    assert found(capsys, "docs/api.md") == [STALE]
    (project / ".gitignore").unlink()
    (project / "glossator.toml").write_text('exclude = ["docs/"]\n')
    assert found(capsys, ".") == []


def test_include_is_about_code(package, project, capsys):
    (project / "glossator.toml").write_text('include = ["shapes/"]\n')
    assert found(capsys, ".") == [STALE]


def test_codes_are_ignored_by_pattern(package, project, capsys):
    (project / "glossator.toml").write_text('[per_file_ignores]\n"docs/*.md" = ["GLS401"]\n')
    assert found(capsys, ".", "notes.md") == [("notes.md", "<page>", "GLS402")]
    assert found(capsys, "--ignore", "GLS4", "notes.md") == []


def test_what_mends_a_page_is_said(package, capsys):
    assert main(["check", "."]) == 1
    assert "1 of them can be mended: glossator page update docs/api.md\n" in capsys.readouterr().err
    assert main(["page", "update", "docs/api.md"]) == 0
    assert main(["check", "."]) == 0


def test_a_folder_that_holds_all_stale_pages_is_said(package, capsys):
    assert main(["page", "api", "shapes", "-o", "docs/more/api.md"]) == 0
    (package / "plain.py").write_text(PLAIN.replace("Multiply two", "Multiply some"))
    assert main(["check", "docs"]) == 1
    assert "can be mended: glossator page update docs\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("text", "docs/api.md:{line}:1: GLS401 section `shapes.plain.area` is stale"),
        ("github", "::warning file=docs/api.md,line={line},endLine={line},col=1,"),
        ("sarif", '"startLine": {line}'),
    ],
)
def test_every_format_shows_pages(package, project, capsys, form, said):
    lines = (project / "docs" / "api.md").read_text().splitlines()
    line = next(number for number, one in enumerate(lines, 1) if "begin shapes.plain.area" in one)
    assert main(["check", "--output-format", form, "."]) == 1
    assert said.format(line=line) in capsys.readouterr().out


def test_a_baseline_lists_pages_and_says_what_is_gone(package, capsys):
    assert main(["check", ".", "notes.md", "--write-baseline", "b.json"]) == 0
    assert main(["check", ".", "notes.md", "--baseline", "b.json"]) == 0
    assert "hidden by the baseline: 2" in capsys.readouterr().err
    assert main(["page", "update", "docs/api.md"]) == 0
    assert main(["check", ".", "--baseline", "b.json"]) == 0
    assert "entries of the baseline that do not occur any more: 1" in capsys.readouterr().err


def test_what_does_not_exist_is_left_undone(project, capsys):
    assert main(["check", "gone.md"]) == 3
    assert "gone.md: no such file" in capsys.readouterr().err


def test_a_package_is_read_once_for_all_its_pages(package, monkeypatch, capsys):
    from glossator.documenter.pages import checking

    assert main(["page", "api", "shapes", "-o", "docs/all/"]) == 0
    opened = []

    def counted(*arguments):
        opened.append(arguments)
        return original(*arguments)

    original = checking.open_pages
    monkeypatch.setattr(checking, "open_pages", counted)
    assert main(["check", "docs/all"]) == 0
    assert len(opened) == 1


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a page about its package, and one about itself, all of it committed."""
    for name in ("GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL"):
        monkeypatch.setenv(name, IDENTITY[name])
    one = Repository(tmp_path / "project")
    monkeypatch.chdir(one.folder)
    (one.folder / "shapes").mkdir()
    (one.folder / "shapes" / "__init__.py").write_text('"""Shapes."""\n')
    (one.folder / "shapes" / "plain.py").write_text(PLAIN)
    (one.folder / "shapes" / "round.py").write_text('"""Round ones."""\n')
    (one.folder / "other.py").write_text('"""Another."""\n')
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    one.commit()
    return one


@pytest.mark.parametrize(
    ("change", "is_checked"),
    [
        (lambda folder: None, False),
        (lambda folder: (folder / "other.py").write_text('"""Anything."""\n'), False),
        (lambda folder: (folder / "shapes" / "plain.py").write_text(CHANGED), True),
        (lambda folder: (folder / "shapes" / "round.py").unlink(), True),
        (lambda folder: (folder / "shapes" / "new.py").write_text('"""New."""\n'), True),
        (lambda folder: (folder / "api.md").write_text((folder / "api.md").read_text() + "\n[a](gone.md)\n"), True),
    ],
    ids=["nothing", "another file", "the package", "a module gone", "a new module", "the page"],
)
def test_a_page_is_checked_if_it_or_its_package_changed(repository, capsys, change, is_checked):
    change(repository.folder)
    pages = [path for path, _, code in found(capsys, "--diff-base", "HEAD", ".") if code.startswith("GLS4")]
    assert bool(pages) == is_checked


def test_a_page_that_shows_more_than_code_is_always_checked(repository, capsys):
    (repository.folder / "pyproject.toml").write_text('[project]\nname = "shapes"\nversion = "1"\n')
    assert main(["page", "readme", ".", "-o", "README.md"]) == 0
    repository.commit()
    (repository.folder / "pyproject.toml").write_text('[project]\nname = "forms"\nversion = "1"\n')
    assert ("README.md", "title", "GLS401") in found(capsys, "--diff-base", "HEAD", ".")
