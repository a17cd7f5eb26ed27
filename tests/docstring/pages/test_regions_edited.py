"""Whatever people do to a page, none of their words gets lost when it is made again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from random import Random

import pytest

from glossator.docstring.pages.regions import SectionText, merged, page_line, parse

EDITS = 200
HUMAN = re.compile(r"human\d+")


@dataclass
class Editing:
    """A page, what is to be in it, and a person who edits both."""

    random: Random
    text: str = ""
    sections: list[SectionText] = field(default_factory=list)
    count: int = 0

    def start(self) -> None:
        self.text = self.random.choice(["", "\ufeff"]) + page_line({"kind": "api"}) + "\n\n# Title\n\nhuman0 words.\n"
        self.sections = [self.section(f"pkg.m{number}") for number in range(self.random.randint(1, 6))]

    def section(self, name: str) -> SectionText:
        self.count += 1
        body = self.random.choice(
            ["Text {}.", "```python\nx = {}\n```", "-   a {}\n-   b", "", "<!-- glossator:end x -->{}"]
        )
        return SectionText(name, f"{self.count:016x}", f"## {name}\n\n{body.format(self.count)}")

    def words(self) -> str:
        self.count += 1
        return f"human{self.count}" + self.random.choice(
            [" words", " `code`", "\x00", "\u2028x", "  ", " <!-- note -->", " ``` x"]
        )

    def lines(self) -> list[str]:
        return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", self.text)

    def edit(self) -> None:
        getattr(self, self.random.choice([name for name in dir(self) if name.startswith("edit_")]))()
        if self.random.random() < 0.3:
            self.heal()

    def heal(self) -> None:
        """Do what the problems ask for: close blocks of code, take out what is left of markers."""
        self.text = re.sub(r"(?m)^ *(```|~~~~).*\r?$", "", self.text)
        for _ in range(9):
            numbers = {problem.line for problem in parse(self.text).problems}
            self.text = "".join(line for number, line in enumerate(self.lines(), 1) if number not in numbers)
        self.text = merged(self.text, self.sections, is_forced=True).text

    def edit_insert(self) -> None:
        lines = self.lines()
        lines.insert(self.random.randint(0, len(lines)), self.words() + self.random.choice(["\n", "\r\n", "\n\n"]))
        self.text = "".join(lines)

    def edit_insert_within_a_line(self) -> None:
        at = self.random.randint(0, len(self.text))
        self.text = self.text[:at] + self.words() + self.text[at:]

    def edit_delete_line(self) -> None:
        lines = self.lines()
        if lines:
            del lines[self.random.randrange(len(lines))]
        self.text = "".join(lines)

    def edit_delete_characters(self) -> None:
        at = self.random.randint(0, len(self.text))
        self.text = self.text[:at] + self.text[at + self.random.randint(1, 5) :]

    def edit_move_region(self) -> None:
        regions = parse(self.text).regions
        if regions:
            start, end = self.random.choice(regions).span
            moved, rest = self.text[start:end], self.text[:start] + self.text[end:]
            at = self.random.choice([0, len(rest), *(match.end() for match in re.finditer(r"\n", rest))])
            self.text = rest[:at] + moved + rest[at:]

    def edit_copy_region(self) -> None:
        regions = parse(self.text).regions
        if regions and self.random.random() < 0.3:
            start, end = self.random.choice(regions).span
            self.text += self.text[start:end]

    def edit_inside_region(self) -> None:
        regions = parse(self.text).regions
        if regions:
            region = self.random.choice(regions)
            at = self.random.randint(*region.inner)
            self.text = self.text[:at] + self.words() + self.text[at:]

    def edit_damage_marker(self) -> None:
        markers = list(re.finditer(r"<!-- glossator:[^\n]*", self.text))
        if markers:
            marker = self.random.choice(markers)
            at = self.random.randrange(*marker.span())
            self.text = self.text[:at] + self.random.choice(["", "x", "-"]) + self.text[at + 1 :]

    def edit_line_ends(self) -> None:
        eol = self.random.choice(["\n", "\r\n"])
        self.text = re.sub(r"\r\n|\n", eol, self.text)

    def edit_fence(self) -> None:
        lines = self.lines()
        lines.insert(self.random.randint(0, len(lines)), self.random.choice(["```\n", "~~~~\n", "  ```text\n"]))
        self.text = "".join(lines)

    def edit_final_line_end(self) -> None:
        self.text = self.text.rstrip("\r\n")

    def edit_section(self) -> None:
        if self.sections:
            at = self.random.randrange(len(self.sections))
            self.sections[at] = self.section(self.sections[at].id)

    def edit_facts(self) -> None:
        if self.sections:
            at = self.random.randrange(len(self.sections))
            self.sections[at] = replace(self.sections[at], text=None)

    def edit_add_section(self) -> None:
        self.sections.insert(self.random.randint(0, len(self.sections)), self.section(f"pkg.n{self.count}"))

    def edit_drop_section(self) -> None:
        if len(self.sections) > 1:
            del self.sections[self.random.randrange(len(self.sections))]

    def edit_order(self) -> None:
        self.random.shuffle(self.sections)

    def regenerate(self) -> None:
        before = self.text
        done = merged(before, self.sections)
        assert HUMAN.findall(done.text) == HUMAN.findall(before)
        check_outside(before, done.text, is_new=bool(done.written))
        assert edited(before, done.edits) == done.text
        again = merged(done.text, self.sections)
        assert again.text == done.text
        assert not again.written
        check_sections(self, done)
        self.text = done.text


def edited(text: str, edits) -> str:
    """The text after edits, which are in order and about what it was before."""
    parts, at = [], 0
    for start, end, new in edits:
        assert at <= start <= end
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def outside(text: str) -> str:
    """The text without regions that are fine."""
    parts, at = [], 0
    for region in parse(text).regions:
        parts.append(text[at : region.span[0]])
        at = region.span[1]
    return "".join([*parts, text[at:]])


def check_outside(before: str, after: str, *, is_new: bool) -> None:
    """No byte outside of regions changed, save a line end that a new region needs in front of it."""
    one, other = outside(before), outside(after)
    if one != other:
        assert is_new
        assert one.replace("\r", "").replace("\n", "") == other.replace("\r", "").replace("\n", "")
        assert 0 < len(other) - len(one) <= 2 * len(parse(after).regions)


def check_sections(editing: Editing, done) -> None:
    """Each section is in the page as it is wanted, unless somebody changed it or its markers."""
    there = {region.id: region for region in parse(done.text).regions}
    excused = {*done.conflicts, *(problem.id for problem in done.problems)}
    for section in editing.sections:
        if section.id in excused or section.text is None:
            continue
        assert section.id in there
        assert there[section.id].is_intact
        assert there[section.id].facts == section.facts


def run(seed: int) -> None:
    editing = Editing(Random(seed))
    editing.start()
    editing.regenerate()
    for _ in range(EDITS):
        editing.edit()
        editing.regenerate()


@pytest.mark.parametrize("seed", range(8))
def test_no_word_of_a_person_is_lost_in_two_hundred_edits(seed):
    run(seed)


@pytest.mark.soak
def test_no_word_of_a_person_is_lost_in_many_times_two_hundred_edits():
    for seed in range(1000, 1300):
        run(seed)
