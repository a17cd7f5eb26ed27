"""What the project says reaches the editor, as it reaches the command line."""

from __future__ import annotations

BASE = '''class Reader:
    def read(self, size):
        """Read a record.

        Args:
            size: Bytes to read at most.
        """
        return size
'''
CHILD = '''"""Children."""

from base import Reader


class Child(Reader):
    """A child."""

    def read(self, size):
        return size + 1
'''
PULLS = {"textDocument": {"diagnostic": {}}}


def findings(client, uri):
    answer = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    return [item["code"] for item in answer["result"]["items"]]


def wait_for_refresh(client):
    asked = client.take(lambda message: message.get("method") == "workspace/diagnostic/refresh")
    client.send({"id": asked["id"], "result": None})


def test_a_method_that_its_base_documents_is_no_finding_once_the_index_is_read(launch, tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "child.py").write_text(CHILD)
    client = launch()
    client.initialize(PULLS | {"workspace": {"diagnostics": {"refreshSupport": True}}})
    uri = (tmp_path / "child.py").as_uri()
    client.open(CHILD, uri)
    assert findings(client, uri) == ["GLS104"]
    wait_for_refresh(client)
    assert findings(client, uri) == []


def test_s4_a_file_that_the_user_excludes_is_no_neighbour(launch, tmp_path, monkeypatch):
    (tmp_path / "user.toml").write_text('[privacy]\nexclude = ["hidden.py"]\n')
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "user.toml"))
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "hidden.py").write_text(BASE)
    other = CHILD.replace("base", "hidden").replace("Child", "Other").partition("\n\n\n")
    source = f"{CHILD}\n\n{other[2].replace('Reader', 'hidden.Reader')}".replace(
        "from base", "import hidden\nfrom base"
    )
    (tmp_path / "child.py").write_text(source)
    client = launch()
    client.initialize(PULLS | {"workspace": {"diagnostics": {"refreshSupport": True}}})
    uri = (tmp_path / "child.py").as_uri()
    client.open(source, uri)
    assert findings(client, uri) == ["GLS104", "GLS104"]
    wait_for_refresh(client)
    assert findings(client, uri) == ["GLS104"]


def test_a_saved_file_is_read_again(launch, tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE.replace('"""', "#"))
    (tmp_path / "child.py").write_text(CHILD)
    client = launch()
    client.initialize(PULLS | {"workspace": {"diagnostics": {"refreshSupport": True}}})
    uri = (tmp_path / "child.py").as_uri()
    client.open(CHILD, uri)
    assert findings(client, uri) == ["GLS104"]
    (tmp_path / "base.py").write_text(BASE)
    client.notify("textDocument/didSave", {"textDocument": {"uri": (tmp_path / "base.py").as_uri()}})
    wait_for_refresh(client)
    assert findings(client, uri) == []


def test_a_document_without_a_file_has_no_project(launch):
    client = launch()
    client.initialize(PULLS)
    client.open(CHILD, "untitled:Untitled-1")
    assert findings(client, "untitled:Untitled-1") == ["GLS104"]
