"""The command `page`: what stands on pages, what a model is asked for them, and what of a page is left alone."""

import re

import pytest
from fake_provider import failure
from served import answering, code_in, filling, served

from glossator.cli.main import main
from glossator.documenter.pages import PageWork

SHAPES = '''\
"""Measure shapes."""

import math

UNIT = 1.0


def area(width, height):
    return width * height


def circle(radius):
    """Tell how much a circle covers.

    Args:
        radius: From the middle to the edge.

    Returns:
        The same unit as of the radius, squared.
    """
    return math.pi * radius * radius


class Box:
    """Something with three sides."""

    def __init__(self, width, height, depth=1):
        self.width = width
        self.height = height
        self.depth = depth

    def volume(self):
        """Tell how much fits in, from its [`area`] and depth."""
        return area(self.width, self.height) * self.depth

    def halved(self, keep):
        return Box(self.width / 2, keep, self.depth)
'''
INIT = '''\
"""Shapes and what they measure."""

from shapes.plain import Box, area, circle

__all__ = ["Box", "area", "circle"]
'''
WORDS = {
    "summary": "Return the area of a rectangle with this width and height.",
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "arg_keep": "How many units the height of the new box takes.",
    "returns": "The area that the rectangle covers.",
}


@pytest.fixture
def package(project):
    """A package with two functions that nobody documented."""
    folder = project / "shapes"
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT)
    (folder / "plain.py").write_text(SHAPES)
    return folder


def sections(text):
    """The texts of a page's sections by their ids."""
    found = re.findall(r"<!-- glossator:begin (\S+) [^\n]*-->\n(.*?)<!-- glossator:end \1 -->\n", text, re.DOTALL)
    return {name: inner.strip() for name, inner in found}


def test_a_reference_describes_what_people_wrote_and_the_rest_as_write_would(package, capsys):
    assert main(["page", "api", "shapes"]) == 0
    found = sections(capsys.readouterr().out)
    assert list(found) == ["title", "contents", "imports", "shapes", "shapes.Box", "shapes.area", "shapes.circle",
                           "shapes.plain", "shapes.plain:attributes"]  # fmt: skip
    assert "From the middle to the edge." in found["shapes.circle"]
    assert "def area(width, height)" in found["shapes.area"]
    assert "- `width`" in found["shapes.area"]
    assert "Box.halved()" in found["shapes.Box"]
    assert main(["write", "shapes", "--diff"]) == 0
    written = capsys.readouterr().out
    summary = next(line for line in found["shapes.area"].splitlines() if line.endswith("."))
    assert f'+    """{summary}'.replace("`", "") in written.replace("`", "")


def test_nothing_changes_in_a_page_that_is_true(package, capsys):
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    before = (package.parent / "api.md").read_bytes()
    assert main(["page", "api", "shapes", "-o", "api.md", "--check"]) == 0
    assert main(["page", "update", "api.md"]) == 0
    assert (package.parent / "api.md").read_bytes() == before


@pytest.mark.parametrize("provider", ["embedded", "model"])
def test_a_changed_signature_changes_its_section_alone(package, user, capsys, provider):
    page = package.parent / "api.md"
    with served(filling(WORDS)) as server:
        if provider == "model":
            user(server.url)
        assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
        before = sections(page.read_text())
        server.forget()
        source = SHAPES.replace("def halved(self, keep)", "def halved(self, keep, fill=None)")
        (package / "plain.py").write_text(source)
        assert main(["page", "update", "api.md", "--check"]) == 1
        assert main(["page", "update", "api.md"]) == 0
        after = sections(page.read_text())
        asked = [code_in(one) for one in server.requests]
    assert {name for name in after if after[name] != before.get(name)} == {"shapes.Box"}
    assert "fill=None" in after["shapes.Box"]
    assert len(asked) == (provider == "model")
    assert all("def halved" in one for one in asked)


def test_what_a_model_says_stands_on_the_page_and_is_not_asked_for_again(package, user, capsys):
    with served(filling(WORDS)) as server:
        user(server.url)
        assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
        text = (package.parent / "api.md").read_text()
        assert WORDS["summary"] in sections(text)["shapes.area"]
        count = len(server.requests)
        assert count == 2
        (package.parent / "api.md").unlink()
        assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
        assert (package.parent / "api.md").read_text() == text
        assert main(["write", "shapes"]) == 0
        assert len(server.requests) == count  # a docstring has the same words
    assert WORDS["summary"] in (package / "plain.py").read_text()


def test_what_people_wrote_around_and_within_stays(package, capsys):
    page = package.parent / "api.md"
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    text = page.read_text().replace("# `shapes`: reference\n", "# Shapes, by me\n")
    text = "Mine.\r\n\r\n" + text.replace(
        "<!-- glossator:begin shapes.Box", "Between.\n\n<!-- glossator:begin shapes.Box"
    )
    page.write_text(text, newline="")
    (package / "plain.py").write_text(SHAPES.replace("Something with three sides", "A box"))
    (package / "__init__.py").write_text(INIT.replace("Shapes and", "Forms and"))
    capsys.readouterr()
    assert main(["page", "update", "api.md"]) == 0
    after = page.read_bytes().decode()
    assert after.startswith("Mine.\r\n\r\n<!-- glossator:page")
    assert "Between.\n\n<!-- glossator:begin shapes.Box" in after
    assert "# Shapes, by me\n" in after
    assert "A box." in after
    assert "section title was changed by hand" in capsys.readouterr().err
    assert main(["page", "update", "api.md", "--force"]) == 0
    assert "Shapes, by me" not in page.read_text()


def test_a_folder_gets_a_page_for_each_module(package):
    assert main(["page", "api", "shapes", "-o", "docs/"]) == 0
    docs = package.parent / "docs"
    assert sorted(one.name for one in docs.iterdir()) == ["index.md", "shapes.md", "shapes.plain.md"]
    assert "(shapes.md#shapes)" in (docs / "index.md").read_text()
    assert main(["page", "update", "docs", "--check"]) == 0


def test_where_a_provider_fails_the_page_has_embedded_text_and_says_so(package, user, capsys):
    with served(failure(401, {})) as server:
        user(server.url)
        assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    assert "embedded text in a model's place" in capsys.readouterr().err
    assert "- `width`" in (package.parent / "api.md").read_text()


def test_money_is_spent_only_by_consent(package, user, capsys):
    with served(answering(WORDS)) as server:
        user(server.url, "price_in = 1.0", "price_out = 1.0")
        assert main(["page", "api", "shapes", "-o", "api.md"]) == 2
        assert not (package.parent / "api.md").exists()
        assert main(["page", "api", "shapes", "-o", "api.md", "--max-cost", "0.0000001"]) == 2
        assert not server.requests
        assert main(["page", "api", "shapes", "-o", "api.md", "--yes"]) == 0
        assert server.requests


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["poem", "shapes"], "there is no page template poem"),
        (["api", "nothing"], "no such file or folder"),
        (["update", "shapes"], "no page with a line"),
        (["readme", "shapes", "-o", "docs/"], "name a file, not a folder"),
    ],
)
def test_what_cannot_be_is_said(package, capsys, arguments, said):
    assert main(["page", *arguments]) in (2, 3)
    assert said in capsys.readouterr().err


def test_a_project_may_have_kinds_of_its_own(package, capsys):
    own = package.parent / ".glossator" / "pages"
    own.mkdir(parents=True)
    (own / "names.md.j2").write_text(
        "{% block names %}{% for one in module.items %}- {{ one.name }}\n{% endfor %}{% endblock %}"
    )
    (own / "api.md.j2").write_text(
        '{% extends "builtin/api.md.j2" %}{% block title %}# Ours *not* escaped <{% endblock %}'
    )
    assert main(["page", "names", "shapes"]) == 0
    assert sections(capsys.readouterr().out) == {"names": "- Box\n- area\n- circle"}
    assert main(["page", "api", "shapes"]) == 0
    assert sections(capsys.readouterr().out)["title"] == "# Ours *not* escaped <"


def test_sections_come_behind_the_text_of_a_page_that_has_none(package):
    page = package.parent / "README.md"
    page.write_text("# Mine\n\nText without an end")
    assert main(["page", "readme", "shapes", "-o", "README.md"]) == 0
    text = page.read_text()
    assert text.startswith("# Mine\n\nText without an end\n\n<!-- glossator:page kind=readme path=shapes -->\n")
    assert main(["page", "update", "."]) == 0
    assert page.read_text() == text


def test_what_was_saved_meanwhile_is_not_written_over(package, capsys, monkeypatch):
    page = package.parent / "api.md"
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    (package / "plain.py").write_text(SHAPES.replace("three sides", "three lengths"))
    true = PageWork.after

    def saved(work, *given):
        page.write_text("Saved meanwhile.")
        return true(work, *given)

    monkeypatch.setattr(PageWork, "after", saved)
    assert main(["page", "update", "api.md"]) == 3
    assert page.read_text() == "Saved meanwhile."


def test_code_that_cannot_be_read_for_once_takes_no_section_away(package, capsys):
    page = package.parent / "api.md"
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    text = page.read_text()
    (package / "plain.py").write_bytes(b"\0")
    assert main(["page", "update", "api.md"]) == 0
    assert sections(page.read_text())["shapes.plain"] == sections(text)["shapes.plain"]
    assert "NUL" in capsys.readouterr().err
    (package / "plain.py").unlink()
    (package / "__init__.py").write_text('"""Nothing."""\n')
    assert main(["page", "update", "api.md"]) == 0
    assert "shapes.plain" not in sections(page.read_text())
