"""Which settings a document has in the editor: the same as on the command line."""

import pytest

from glossator.lsp.projects import EditorSettings, Projects
from glossator.monitor import Measured
from glossator.syntax.document import Document
from glossator.workspace.index import Index

PLAIN = b"def area(width):\n    return width\n"


@pytest.fixture
def projects():
    return Projects([].append, Index(), Measured())


def codes(projects, path):
    document = Document(path.as_uri(), PLAIN)
    return [finding.code for finding in projects.documenter(document.uri).check(document)]


def test_codes_are_ignored_by_file_pattern(projects, tmp_path):
    (tmp_path / "glossator.toml").write_text('[per_file_ignores]\n"tests/" = ["GLS1"]\n"a.py" = ["GLS101"]\n')
    (tmp_path / "tests").mkdir()
    assert codes(projects, tmp_path / "tests" / "test_a.py") == []
    assert codes(projects, tmp_path / "a.py") == ["GLS103"]
    assert codes(projects, tmp_path / "größe 1.py") == ["GLS101", "GLS103"]


def test_documents_with_equal_settings_share_a_documenter(projects, tmp_path):
    (tmp_path / "glossator.toml").write_text('[per_file_ignores]\n"tests/" = ["GLS1"]\n')
    one, two, other = (projects.documenter((tmp_path / name).as_uri()) for name in ("a.py", "b/c.py", "tests/d.py"))
    assert one is two
    assert one is not other


def test_a_document_without_a_file_has_the_settings_of_the_first_folder(projects, tmp_path):
    (tmp_path / "glossator.toml").write_text('style = "numpy"\n')
    projects.configure(EditorSettings(folder=tmp_path))
    assert projects.documenter("untitled:1").settings.style == "numpy"
