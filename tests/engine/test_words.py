"""House words: what is taken over from where, and what cannot be true elsewhere is not."""

import pytest

from glossator.config import Settings
from glossator.documenter import DocRequest, Documenter, FileOptions, check_bytes, document_bytes
from glossator.syntax.document import Document
from glossator.workspace.index import Index, index_of

SAID = '''def first({annotation}):
    """Do it.

    Args:
        size: {text}
        other: The other.
    """


class C:
    def method(self, size):
        """Do it.

        Args:
            size: As the class has it.
        """

    def asked(self, size):
        print(size)


def asked(size{asked}):
    print(size)
'''


def written(text, path, index=Index()):  # noqa: B008 - frozen
    """The docstring of one symbol."""
    documenter = Documenter(Settings(), index)
    (draft,) = documenter.drafts(DocRequest(Document.open("/r/x.py", text), (path,)))
    return draft.text


def said(text, annotation="size", asked=""):
    return SAID.format(text=text, annotation=annotation, asked=asked)


def test_a_description_of_the_class_counts_before_one_of_the_module():
    assert "As the class has it." in written(said("How many rows."), "C.asked")


def test_a_description_of_the_module_is_taken_over():
    assert "size: How many rows." in written(said("How many rows."), "asked")


@pytest.mark.parametrize(
    "text",
    ["How many of ``other``.", "How many, by default 3.", "Defaults to 3.", "x" * 200, "One.\n\n            Two."],
)
def test_what_may_not_be_true_elsewhere_is_not_taken_over(text):
    assert text.split("\n")[0] not in written(said(text), "asked")


def test_code_that_everybody_knows_is_taken_over():
    assert "size: How many, or ``None``." in written(said("How many, or ``None``."), "asked")


def test_another_annotation_is_another_thing():
    text = said("How many rows.", annotation="size: int", asked=": str")
    assert "How many rows." not in written(text, "asked")
    assert "How many rows." in written(said("How many rows.", annotation="size: int", asked=": int"), "asked")


def test_the_projects_words_are_taken_over_last():
    index = Index(described={"size": "The project's own words.", "other": "The other."})
    assert "The project's own words." in written("def asked(size): print(size)\n", "asked", index)
    assert "How many rows." in written(said("How many rows."), "asked", index)


BASE = '''class Base:
    def read(self, size):
        """Read it.

        Args:
            size: How many bytes at most.
        """


class Child(Base):
    def read(self, size):
        return size

    def close(self):
        return 1
'''


def indexed(text):
    return index_of([("/r/x.py", text.encode())])


def test_a_method_whose_base_is_documented_is_left_alone():
    documenter = Documenter(Settings(), indexed(BASE))
    document = Document.open("file:///r/x.py", BASE)
    assert "Child.close" in documenter.missing(documenter.outline(document))
    assert "Child.read" not in documenter.missing(documenter.outline(document))
    assert "Child.read" not in [finding.symbol for finding in documenter.check(document)]


def test_command_line_and_editor_leave_the_same_alone():
    options = FileOptions(Settings(), index=indexed(BASE))
    outcome = document_bytes(BASE.encode(), "/r/x.py", options)
    assert "Child.read" not in [draft.name for draft in outcome.drafts]
    checked = check_bytes(BASE.encode(), "/r/x.py", options)
    assert "Child.read" not in [finding.symbol for finding in checked.findings]
    assert (checked.public, checked.documented) == (5, 1)  # the module, two classes, Base.read, Child.close


def test_without_inherit_it_is_documented_with_the_words_of_its_base():
    options = FileOptions(Settings(inherit=False), index=indexed(BASE))
    outcome = document_bytes(BASE.encode(), "/r/x.py", options)
    assert "Child.read" in [draft.name for draft in outcome.drafts]
    assert outcome.raw.count(b"How many bytes at most.") == 2


def test_a_method_that_is_asked_for_by_name_is_documented_all_the_same():
    assert "How many bytes at most." in written(BASE, "Child.read", indexed(BASE))


@pytest.mark.parametrize(
    ("style", "convention", "want"), [("numpy", "google", "numpy"), ("", "numpy", "numpy"), ("", "", "google")]
)
def test_a_file_without_docstrings_takes_the_style_of_the_project_then_of_its_tools(style, convention, want):
    documenter = Documenter(Settings(convention=convention), Index(style=style))
    found = documenter.conventions(documenter.outline(Document.open("x.py", "x = 1\n")))
    assert found.style.value == want
