"""Nothing public is missing on pages, and nothing on them leads nowhere."""

import re

import pytest
import surfaces

from glossator.docstring.pages.slugs import slug_of
from glossator.syntax.meanings import Home

CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LINK = re.compile(r"(?<!\\)\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
MACHINERY = ("__slots__", "__match_args__", "__getattr__", "__dir__", "__all__", "__init__")


def names_on(text):
    """All names in the code of a page."""
    return {name for code in CODE.findall(text) for name in re.findall(r"\w+", code)}


@pytest.mark.parametrize("name", ["pathspec", "platformdirs", "stamina"])
def test_all_that_griffe_lists_as_public_stands_on_the_page_of_its_module(installed, name):
    folder, _ = installed
    pages = {one.stem: names_on(one.read_text()) for one in (folder / name).glob("*.md")}
    listed, package = surfaces.public_by_griffe(name), surfaces.installed(name)
    missing = set()
    for path in listed:
        home = package.resolve(path, Home(name))
        page = package.page_home(home) if home is not None else None
        own = path.rpartition(".")[2]
        places = {path.rpartition(".")[0], page.module if page is not None else ""}
        if own not in MACHINERY and path not in pages and not any(own in pages.get(one, ()) for one in places):
            missing.add(path)
    assert missing == set()
    assert len(listed) > 20


def anchors_of(text):
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [slug_of(re.sub(r"[`\\]", "", title)) for title in HEADING.findall(plain)]


def test_every_link_leads_to_a_page_and_a_heading(installed):
    folder, _ = installed
    count = 0
    for page in folder.rglob("*.md"):
        text = page.read_text()
        assert len(anchors_of(text)) == len(set(anchors_of(text)))
        for target in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
            if target.startswith(("http", "mailto")):
                continue
            path, _, fragment = target.partition("#")
            other = page.parent / path if path else page
            assert other.is_file(), (page, target)
            assert not fragment or fragment in anchors_of(other.read_text()), (page.name, target)
            count += 1
    assert count > 200


def test_no_token_of_what_is_yet_to_be_written_is_left(installed):
    folder, _ = installed
    assert not [one for one in folder.rglob("*.md") if re.search("[\ue000\ue001]", one.read_text())]
