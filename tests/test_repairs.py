"""The public API of stale docstrings: what is wrong, what can be mended, and which symbols are meant."""

from dataclasses import replace
from textwrap import dedent

import pytest

from glossator.config import Settings
from glossator.documenter import DocRequest, Documenter, FileOptions, check_bytes, document_bytes
from glossator.errors import SourceError
from glossator.model import Action
from glossator.syntax.document import Document
from glossator.workspace.index import index_of

TEXT = '''"""About it."""


def f(a, length):
    """Do `size`.

    Args:
        a: One. Defaults to 3.
        size: Two.
    """


def g(b):
    """Do.

    Args:
        b: Two.
    """


def bare(c):
    return c


class C:
    """Hold."""

    def m(self, d):
        """Do.

        Args:
            e: Three.

        Returns:
            Four.
        """
        print(d)
'''
RENAMED = ("GLS202", "parameter `size` does not exist; it is `length` now")


@pytest.fixture
def documenter():
    return Documenter(Settings())


def document(text=TEXT):
    return Document.open("file:///x.py", text)


def applied(before, drafts):
    edits = sorted((draft.edit.span, draft.edit.new_text.encode()) for draft in drafts if draft.edit is not None)
    return before.edit_all([(*span, text) for span, text in edits]).text.decode()


def codes(findings):
    return [(finding.code, finding.symbol) for finding in findings]


def write(text, only="stale", **options):
    raw = text.encode()
    outcome = document_bytes(raw, "/r/x.py", FileOptions(Settings(), only=only, **options))
    assert outcome.error == ""
    return (raw if outcome.raw is None else outcome.raw).decode(), {one.name: one for one in outcome.drafts}


def test_the_paths_of_what_can_be_mended_are_in_source_order(documenter):
    assert documenter.stale(documenter.outline(document())) == ("f", "C.m")


def test_what_can_only_be_found_is_not_stale_for_a_repair(documenter):
    text = 'def f(a):\n    (\n    "Do.\\n"\n    ":param b: Two."\n    )\n'
    assert codes(documenter.check(document(text))) == [("GLS101", "<module>"), ("GLS202", "f")]
    assert documenter.stale(documenter.outline(document(text))) == ()


def test_what_is_wrong_is_asked_for_one_symbol(documenter):
    outline = documenter.outline(document())
    assert codes(documenter.wrong_at(outline, "f")) == [("GLS205", "f"), ("GLS202", "f")]
    assert documenter.wrong_at(outline, "g") == ()
    assert documenter.wrong_at(outline, "bare") == ()
    assert documenter.wrong_at(outline, "gone") == ()


def test_what_is_wrong_follows_the_settings():
    chosen = Documenter(Settings(select=("GLS2",), ignore=("GLS205",)))
    assert codes(chosen.wrong_at(chosen.outline(document()), "f")) == [("GLS202", "f")]


def test_a_check_shows_first_what_is_missing(documenter):
    found = codes(documenter.check(document()))
    assert found[0] == ("GLS103", "bare")
    assert found[1:] == [("GLS205", "f"), ("GLS202", "f"), ("GLS202", "C.m"), ("GLS212", "C.m")]


def test_repairs_are_those_of_all_that_can_be_mended(documenter):
    drafts = list(documenter.repairs(DocRequest(document())))
    assert [(draft.symbol.path, draft.action) for draft in drafts] == [
        ("f", Action.REPAIRED),
        ("C.m", Action.REPAIRED),
    ]


def test_after_its_repairs_nothing_is_wrong(documenter):
    after = applied(document(), documenter.repairs(DocRequest(document())))
    assert codes(Documenter(Settings(select=("GLS2",))).check(document(after))) == []


def test_a_repair_mends_the_fault_that_is_named_alone(documenter):
    (draft,) = documenter.repairs(DocRequest(document(), ("f",)), RENAMED)
    after = applied(document(), [draft])
    assert "Do `length`" in after
    assert "Defaults to 3." in after


def test_a_repair_of_a_fault_that_is_not_there_changes_nothing(documenter):
    (draft,) = documenter.repairs(DocRequest(document(), ("f",)), ("GLS202", "parameter `other` does not exist"))
    assert (draft.action, draft.edit) == (Action.KEPT, None)


@pytest.mark.parametrize("path", ["g", "bare", "C", "<module>"])
def test_a_repair_of_what_is_true_changes_nothing(documenter, path):
    (draft,) = documenter.repairs(DocRequest(document(), (path,)))
    assert (draft.action, draft.edit) == (Action.KEPT, None)


def test_a_repair_of_a_symbol_that_is_gone_is_refused(documenter):
    with pytest.raises(KeyError):
        list(documenter.repairs(DocRequest(document(), ("gone",))))


def test_a_repair_of_a_declined_document_is_refused(documenter):
    with pytest.raises(SourceError, match="NUL"):
        list(documenter.repairs(DocRequest(document("x = '\0'\n"))))


def test_only_what_is_new_is_written_by_a_provider(documenter):
    text = 'def f(a, b):\n    """Do.\n\n    Args:\n        a: One.\n        c: Three.\n        d: Four.\n    """\n'
    (draft,) = documenter.repairs(DocRequest(document(text), ("f",)))
    assert {key.name: origin for key, origin in draft.origins.items()} == {"b": "embedded"}
    (other,) = documenter.repairs(DocRequest(document(), ("C.m",)))
    assert (other.origin, other.origins) == ("template", {})


def test_the_version_that_agreed_shows_what_a_name_became(documenter):
    text = 'def f(size):\n    """Do with `size` and `total`."""\n    total = size\n    return total\n'
    documenter.check(document(text))
    after = document(text.replace("size):", "length):").replace("= size", "= length"))
    (finding,) = [one for one in documenter.check(after) if one.code == "GLS241"]
    assert finding.message == "`size` does not exist any more; it is `length` now"
    assert finding.fixable


def test_while_it_disagrees_the_version_that_agreed_stays(documenter):
    text = 'def f(size):\n    """Do with `size`."""\n    return size\n'
    documenter.check(document(text))
    for name in ("l", "le", "length"):
        found = documenter.check(document(text.replace("size)", f"{name})").replace("n size", f"n {name}")))
        assert [one.message for one in found if one.code == "GLS241"] == [
            f"`size` does not exist any more; it is `{name}` now"
        ]


def test_a_closed_document_has_no_version_before(documenter):
    text = 'def f(size):\n    """Do with `size`."""\n    return size\n'
    documenter.check(document(text))
    documenter.forget("file:///x.py")
    after = document(text.replace("size)", "length)").replace("n size", "n length"))
    assert [one for one in documenter.check(after) if one.code == "GLS241"] == []


def test_stale_alone_documents_nothing_new():
    after, drafts = write(TEXT, "stale")
    assert {name for name, draft in drafts.items() if draft.action == "repaired"} == {"f", "C.m"}
    assert "bare" not in drafts
    assert "def bare(c):\n    return c\n" in after


def test_missing_alone_mends_nothing():
    after, drafts = write(TEXT, "missing")
    assert {name: draft.action for name, draft in drafts.items() if draft.action != "kept"} == {"bare": "added"}
    assert "        size: Two.\n" in after


def test_all_does_both():
    after, drafts = write(TEXT, "all")
    assert {name: draft.action for name, draft in drafts.items() if draft.action != "kept"} == {
        "bare": "added",
        "f": "repaired",
        "C.m": "repaired",
    }
    assert write(after, "all")[0] == after


def test_editor_and_command_mend_alike(documenter):
    opened = document()
    assert applied(opened, documenter.repairs(DocRequest(opened))) == write(TEXT)[0]


def test_a_named_symbol_alone_is_mended():
    after, drafts = write(TEXT, "stale", symbols=("C.m", "g", "gone"))
    assert {name for name, draft in drafts.items() if draft.action == "repaired"} == {"C.m"}
    assert "        size: Two.\n" in after


def test_a_named_symbol_without_docstring_is_none_of_a_repair():
    after, drafts = write(TEXT, "stale", symbols=("bare",))
    assert after == TEXT
    assert {draft.action for draft in drafts.values()} == {"kept"}


def test_named_symbols_of_both_kinds_are_written_and_mended():
    _, drafts = write(TEXT, "all", symbols=("bare", "f"))
    assert {name: draft.action for name, draft in drafts.items() if draft.action != "kept"} == {
        "bare": "added",
        "f": "repaired",
    }


def test_with_an_earlier_text_only_what_changed_is_mended():
    before = TEXT.replace("def m(self, d)", "def m(self, e)").replace("print(d)", "print(e)")
    _, drafts = write(TEXT, "stale", previous=before.encode())
    assert {name for name, draft in drafts.items() if draft.action == "repaired"} == {"C.m"}


def test_an_earlier_text_shows_what_a_name_became():
    before = 'def f(size):\n    """Do with `size`."""\n    return size\n'
    after = before.replace("size)", "length)").replace("n size", "n length")
    assert write(after, "stale")[0] == after
    assert write(after, "stale", previous=before.encode())[0] == after.replace("`size`", "`length`")


@pytest.mark.parametrize("previous", [b"", b"\xff\xfe", b"x = '\0'\n", b"# coding: nowhere\n"])
def test_without_a_usable_earlier_text_all_is_meant(previous):
    _, drafts = write(TEXT, "stale", previous=previous)
    assert {name for name, draft in drafts.items() if draft.action == "repaired"} == {"f", "C.m"}


def test_a_file_that_cannot_be_decoded_is_left_with_its_reason():
    outcome = document_bytes(b"# coding: nowhere\n", "x.py", FileOptions(Settings(), only="stale"))
    assert (outcome.raw, "cannot decode" in outcome.error) == (None, True)


def test_a_repair_keeps_the_mark_and_the_encoding_of_the_file():
    raw = b"\xef\xbb\xbf" + TEXT.replace("Do `size`", "Größe `size`").encode()
    outcome = document_bytes(raw, "x.py", FileOptions(Settings(), only="stale"))
    assert outcome.raw.startswith(b"\xef\xbb\xbf")
    assert "Größe `length`".encode() in outcome.raw


BASE = '''
class Base:
    def m(self, a, **kwargs):
        """Do.

        Args:
            a: One.
            **kwargs: More.

        Returns:
            All.
        """
        return a, kwargs
'''


def check_child(parameters, settings=None, body="return 1"):
    child = f"from base import Base\n\n\nclass Child(Base):\n    def m({parameters}):\n        {body}\n"
    files = [("/r/base.py", BASE.encode()), ("/r/child.py", child.encode())]
    options = FileOptions(settings or Settings(select=("GLS104",)), index=index_of(files))
    return [one.symbol for one in check_bytes(child.encode(), "/r/child.py", options).findings]


@pytest.mark.parametrize("parameters", ["self, a, **kwargs", "self, a, **options", "this, a, **kwargs"])
def test_an_override_that_fits_needs_no_docstring(parameters):
    wanted = ["Child.m"] if "options" in parameters else []
    assert check_child(parameters) == wanted


@pytest.mark.parametrize("parameters", ["self, a, b, **kwargs", "self, b, **kwargs", "self, a", "self"])
def test_an_override_with_other_parameters_needs_a_docstring(parameters):
    assert check_child(parameters) == ["Child.m"]


def test_what_an_override_returns_does_not_matter():
    assert check_child("self, a, **kwargs", body="print(a)") == []


def test_overrides_need_docstrings_where_the_settings_say_so():
    chosen = replace(Settings(select=("GLS104",)), inherit=False)
    assert check_child("self, a, **kwargs", chosen) == ["Child.m"]


def test_an_override_that_does_not_fit_is_documented():
    child = dedent("""
        from base import Base


        class Child(Base):
            def m(self, a):
                return 1


        class Other(Base):
            def m(self, a, **kwargs):
                return 1
    """)
    files = [("/r/base.py", BASE.encode()), ("/r/x.py", child.encode())]
    _, drafts = write(child, "missing", index=index_of(files))
    assert "Child.m" in drafts
    assert "Other.m" not in drafts
