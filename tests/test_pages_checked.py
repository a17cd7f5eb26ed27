"""What is found on pages: stale sections, links and names that lead nowhere; and that true pages have nothing."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from glossator.cli.main import main
from glossator.config import Settings
from glossator.documenter.pages import check_page

ROOT = Path(__file__).parents[1]
PLAIN = '''\
"""Measure shapes."""

UNIT = 1.0


def area(width, height):
    """Multiply two sides."""
    return width * height


class Box:
    """Something with sides."""

    def __init__(self, width):
        """Begin."""
        self.width = width

    def volume(self):
        """Tell how much fits in."""
        return self.width * UNIT


class Loud(Exception):
    """It has the members of a class that is not seen."""
'''
INIT = '"""Shapes."""\n\nfrom os import path\nfrom shapes.plain import Box, area\n\n__all__ = ["Box", "area", "path"]\n'


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a page, api.md, in a repository that is the current folder."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT)
    (folder / "plain.py").write_text(PLAIN)
    (folder / "data.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    return folder


def found(path="api.md", settings=None, text=None):
    """The findings on a page: (code, line, section, message, fixable)."""
    place = Path(path)
    text = place.read_text() if text is None else text
    return [
        (one.code, one.line, one.symbol, one.message, one.fixable)
        for one in check_page(place, text, settings or Settings())
    ]


def marker(section, path="api.md"):
    """The number of the line on which a section begins."""
    lines = Path(path).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(f"<!-- glossator:begin {section} "))


def change(package, old, new, name="plain.py"):
    text = (package / name).read_text()
    assert old in text
    (package / name).write_text(text.replace(old, new))


def test_nothing_is_found_on_a_page_that_is_true(package):
    assert found() == []


def test_a_section_whose_code_changed_is_stale(package):
    change(package, "def area(width, height)", "def area(width, height=1)")
    message = "section `shapes.area` is stale: what it shows has changed"
    assert found() == [("GLS401", marker("shapes.area"), "shapes.area", message, True)]


def test_a_section_that_belongs_on_the_page_is_missed_at_its_head(package):
    change(package, "class Box:", "def new():\n    '''Make one.'''\n\n\nclass Box:")
    assert ("GLS401", 1, "shapes.plain.new", "section `shapes.plain.new` is not there", True) in found()


def test_a_section_about_what_is_gone_is_found(package):
    change(package, "class Loud(", "class _Loud(")
    message = "section `shapes.plain.Loud` is about nothing that is there"
    assert ("GLS401", marker("shapes.plain.Loud"), "shapes.plain.Loud", message, True) in found()


def test_a_stale_section_that_a_person_changed_is_not_mended(package):
    page = Path("api.md")
    page.write_text(page.read_text().replace("Multiply two sides.", "Multiply them."))
    assert found() == []
    change(package, "def area(width, height)", "def area(width, height=1)")
    message = "section `shapes.area` is stale, and was changed by hand"
    assert found() == [("GLS401", marker("shapes.area"), "shapes.area", message, False)]


def test_a_damaged_marker_is_found_and_its_section_not_missed(package):
    page = Path("api.md")
    page.write_text(page.read_text().replace("<!-- glossator:end shapes.area -->", "<!-- glossator:end shapes.area >"))
    assert [(code, section, fixable) for code, _, section, _, fixable in found()] == [
        ("GLS401", "shapes.area", False),
        ("GLS401", "shapes.area", False),
    ]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("kind=api path=nowhere", "cannot be read: no such file or folder"),
        ("kind=poem path=shapes", "cannot be read: there is no page template poem"),
        ("kind=api", "has no kind and path"),
        ("kind=api path=a%00b", "is no path"),
    ],
)
def test_a_page_that_nothing_can_be_compared_with_says_so(package, head, said):
    text = Path("api.md").read_text().replace("kind=api path=shapes", head)
    ((code, line, section, message, fixable),) = found(text=text)
    assert (code, line, section, fixable) == ("GLS401", 1, "<page>", False)
    assert said in message


def test_a_page_of_a_folder_is_compared_with_its_own_module(package):
    assert main(["page", "api", "shapes", "-o", "docs/"]) == 0
    pages = sorted(Path("docs").iterdir())
    assert [found(one) for one in pages] == [[]] * 3
    change(package, "def volume(self)", "def volume(self, unit=UNIT)")
    assert [[section for _, _, section, _, _ in found(one)] for one in pages] == [[], ["shapes.Box"], []]
    (package / "more.py").write_text('"""More."""\n')
    assert ("GLS401", 1, "<page>", "the page `shapes.more.md` is not there", True) in found("docs/index.md")
    (package / "plain.py").rename(package / "flat.py")
    ((_, _, _, message, _),) = found("docs/shapes.plain.md", Settings(select=("GLS401",)))
    assert message.startswith("nothing in the code stands for this page")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a](gone.md)", "`gone.md` does not exist"),
        ("![a](img/gone.png)", "`img/gone.png` does not exist"),
        ("[a](shapes/gone.py#L3)", "`shapes/gone.py#L3` does not exist"),
        ("[a](#gone)", "no heading has the anchor `#gone`"),
        ("[a](other.md#gone)", "no heading of `other.md` has the anchor `#gone`"),
        ("`shapes.plain.gone`", "`shapes.plain.gone` does not exist"),
        ("shapes.plain.gone is", "`shapes.plain.gone` does not exist"),
        ("shapes.Gone", "`shapes.Gone` does not exist"),
        ("shapes.gone()", "`shapes.gone` does not exist"),
        ("shapes.gone.Box", "`shapes.gone.Box` does not exist"),
        ("`shapes.Box.gone`", "`shapes.Box.gone` does not exist"),
    ],
)
def test_a_link_or_name_that_leads_nowhere_is_found(package, text, message):
    Path("other.md").write_text("# There\n")
    page = Path("api.md").read_text()
    line = page.count("\n") + 2
    assert found(text=f"{page}\n{text}\n") == [("GLS402", line, "<page>", message, False)]


@pytest.mark.parametrize(
    "text",
    [
        "[a](other.md) [b](other.md#there) [c](shapes/) [d](shapes/plain.py#L3) [e](other.md?raw=true)",
        "[a](#there) [b](#shapes) [c](#fn1) [d](#)\n\n# There\n",
        "[a](https://example.org/gone.md) [b](mailto:a@b.c) [c](//example.org) [d](/gone) [e]({{ gone }})",
        "[a](../../issues) [b](other/) [c](other.html) [d](other%2Emd)",
        "`shapes.plain` shapes.Box.width shapes.plain.UNIT shapes.path.join shapes.Box.__dict__ shapes.plain.Loud.args",
        "shapes.toml shapes.data.toml shapes.gone shapes.data.Table tool.shapes.plain.gone shapes.plain.md",
        "`[a](gone.md)`\n\n```\n[a](gone.md) shapes.plain.gone\n```\n",
        "<!-- glossator: ignore GLS402 -->\n[a](gone.md)",
        "[a](gone.md) <!-- glossator: ignore[GLS402] -->",
    ],
)
def test_what_leads_somewhere_or_cannot_be_judged_is_not_found(package, text):
    Path("other.md").write_text("# There\n")
    assert found(text=f"{Path('api.md').read_text()}\n{text}\n") == []


def test_a_generated_link_to_a_heading_that_is_gone_makes_its_section_stale(package):
    (package / "more.py").write_text(
        "from shapes.plain import Loud\n\n\ndef shout(loud: Loud):\n    raise Loud(loud)\n"
    )
    assert main(["page", "api", "shapes", "-o", "api.md"]) == 0
    assert "[`Loud`](#class-shapesplainloud)" in Path("api.md").read_text()
    change(package, "class Loud(", "class _Loud(")
    assert ("GLS401", "shapes.more.shout") in [(code, section) for code, _, section, _, _ in found()]
    assert main(["page", "update", "api.md"]) == 0
    assert found() == []


def test_generated_text_is_looked_into_too(package):
    change(package, "Multiply two sides.", "Multiply, unlike shapes.plain.Sum, two sides.")
    assert main(["page", "update", "api.md"]) == 0
    message = "`shapes.plain.Sum` does not exist"
    assert [(code, section, said) for code, _, section, said, _ in found()] == [
        ("GLS402", "shapes", message),
        ("GLS402", "shapes.area", message),
    ]


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(select=("GLS401",)), ["GLS401"]),
        (Settings(ignore=("GLS401",)), ["GLS402"]),
        (Settings(select=("GLS2",)), []),
        (Settings(ignore=("GLS4",)), []),
    ],
)
def test_settings_choose_codes(package, settings, codes):
    change(package, "def area(width, height)", "def area(width, height=1)")
    page = Path("api.md")
    page.write_text(page.read_text() + "\n[a](gone.md)\n")
    assert [code for code, *_ in found(settings=settings)] == codes


def test_a_comment_in_front_of_a_section_hides_that_it_is_stale(package):
    change(package, "def area(width, height)", "def area(width, height=1)")
    begin = "<!-- glossator:begin shapes.area"
    page = Path("api.md").read_text().replace(begin, f"<!-- glossator: ignore GLS401 -->\n{begin}")
    assert found(text=page) == []


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")], ids=lambda path: path.name)
def test_nothing_is_found_in_our_own_documents(path):
    head = (
        f"<!-- glossator:page kind=api path={'../' * (len(path.relative_to(ROOT).parts) - 1)}server/glossator/model -->"
    )
    names = "" if "glossator:page" in path.read_text() else head
    settings = replace(Settings(), select=("GLS402",))
    assert found(path, settings, f"{path.read_text()}\n{names}\n") == []


@pytest.mark.parametrize("package", ["pluggy", "stamina", "platformdirs"])
def test_nothing_is_found_on_pages_that_were_just_made(tmp_path, monkeypatch, package):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    source = Path(importlib.util.find_spec(package).origin).parent
    assert main(["page", "api", str(source), "-o", "docs/"]) == 0
    assert main(["page", "module", str(source), "-o", "module.md"]) == 0
    assert main(["check", "--select", "GLS4", "docs", "module.md"]) == 0
