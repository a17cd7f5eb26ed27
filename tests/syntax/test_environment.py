"""Environment variables that code reads by name: which, with what default, and where."""

import pytest

from glossator.syntax.document import Document
from glossator.syntax.environment import by_name, environment_of


def read(source):
    return [(one.name, one.default, one.is_required) for one in environment_of(Document("", source.encode()))]


WAYS = {
    "os.environ['A']": ("A", "", True),
    "os.environ.get('A')": ("A", "", False),
    "os.environ.get('A', 'x')": ("A", "'x'", False),
    "os.environ.get('A', default=None)": ("A", "", False),
    "os.getenv('A', str(3))": ("A", "str(3)", False),
    "os.environ.pop('A')": ("A", "", True),
    "os.environ.pop('A', None)": ("A", "", False),
    "os.environ.setdefault('A', 'x')": ("A", "'x'", False),
    "'A' in os.environ": ("A", "", False),
    "os.environb[b'A']": ("A", "", True),
}


@pytest.mark.parametrize("code", WAYS)
def test_each_way_to_read_a_variable_is_known(code):
    assert read(f"import os\n{code}\n") == [WAYS[code]]


@pytest.mark.parametrize(
    "source",
    [
        "from os import environ\nenviron['A']",
        "from os import environ as e\ne['A']",
        "from os import getenv\ngetenv('A')",
        "import os as o\no.environ['A']",
        "import os\nNAME = 'A'\ndef f(): return os.environ[NAME]",
        "def f():\n    import os\n    return os.environ['A']",
    ],
)
def test_each_name_for_it_is_known(source):
    assert [name for name, _, _ in read(source)] == ["A"]


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['A'] = 'x'",
        "import os\ndel os.environ['A']",
        "import os\nos.environ[name]",
        "import os\nos.environ[f'A{x}']",
        "import os\nN = 'A'\nN = 'B'\nos.environ[N]",
        "import os\nN = 'A'\ndef f(N): return os.environ[N]",
        "environ['A']",
        "from mine import environ\nenviron['A']",
        "import os\nos.environ['A=B\\n']",
        "import os\n# os.environ['A']\ntext = \"os.environ['A']\"",
        "import os\nos.environ['A'",
    ],
)
def test_what_is_only_set_or_has_no_certain_name_is_left_out(source):
    assert read(source) == []


def test_a_variable_that_is_asked_for_or_tried_is_not_required():
    assert read("import os\nif 'A' in os.environ:\n    os.environ['A']")[1] == ("A", "", False)
    assert read("import os\ntry:\n    os.environ['A']\nexcept KeyError: ...") == [("A", "", False)]


def test_each_place_is_told():
    source = "import os\nclass C:\n    def f(self):\n        return os.getenv('B')\nos.getenv('A')\nos.getenv('B')\n"
    found = by_name(environment_of(Document("", source.encode())))
    assert {name: [(one.path, one.line) for one in some] for name, some in found.items()} == {
        "A": [("", 5)],
        "B": [("C.f", 4), ("", 6)],
    }


def test_code_that_nests_without_end_gives_nothing_and_ends():
    assert read("import os\nos.environ['A']" + "[0]" * 50_000) == []
    assert read("import os\nos.getenv('A', " + "+".join(["1"] * 500) + ")") == [("A", "", False)]
