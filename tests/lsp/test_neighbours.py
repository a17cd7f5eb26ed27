"""What other files say reaches the editor: a method whose base is documented is no finding there either."""

import pytest

BASE = 'class Base:\n    def read(self):\n        """Read it."""\n'
CHILD = '''"""About children."""
from base import Base


class Child(Base):
    """A child."""

    def read(self):
        return 1
'''


@pytest.fixture
def child(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "child.py").write_text(CHILD)
    return tmp_path / "child.py"


def wait_for(client, count):
    """Take diagnostics until there are so many."""
    while len(client.notification("textDocument/publishDiagnostics")["diagnostics"]) != count:
        pass


def test_a_method_whose_base_is_documented_is_no_finding(launch, child):
    client = launch()
    client.initialize()
    client.open(CHILD, child.as_uri())
    wait_for(client, 0)


def test_a_saved_base_is_read_again(launch, child):
    client = launch()
    client.initialize()
    client.open(CHILD, child.as_uri())
    wait_for(client, 0)
    (child.parent / "base.py").write_text(BASE.replace('"""Read it."""', "return 1"))
    client.notify("textDocument/didSave", {"textDocument": {"uri": child.as_uri()}})
    wait_for(client, 1)


def test_a_server_that_reads_ends_at_once(launch, tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    for number in range(300):
        (tmp_path / f"m{number}.py").write_text(BASE * 200)
    client = launch()
    client.initialize()
    client.open(CHILD, (tmp_path / "child.py").as_uri())
    client.notification("textDocument/publishDiagnostics")
    client.request("shutdown")
    client.notify("exit")
    assert client.ended() == 0
