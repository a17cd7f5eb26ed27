"""Who calls what between files: what is certain is found, in either direction, and what is in doubt is left out."""

import pickle
from pathlib import Path

import pytest

from glossator.syntax.calls import Callee, Links
from glossator.workspace.indexes import Indexes
from glossator.workspace.links import is_test
from glossator.workspace.project import IndexReader, project_files

STORE = '''
def load(path):
    """Load a store.

    More of it.
    """

class Store:
    """A store."""

    @classmethod
    def empty(cls, size): ...

    def drop(self): ...
'''


@pytest.fixture
def project(tmp_path):
    def make(files):
        (tmp_path / "pyproject.toml").write_text("")
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return make


def links(root, target, **options):
    index = IndexReader(root, has_links=True, **options).read([str(root / target)])
    return index.about(str(root / target)).links


PACKAGE = {"p/__init__.py": "", "p/store.py": STORE}
USERS = {
    "an absolute import": "from p.store import load\nx = load(1)\n",
    "an alias": "from p.store import load as read\nx = read(1)\n",
    "a relative import": "from .store import load\nx = load(1)\n",
    "a module": "import p.store\nx = p.store.load(1)\n",
    "a module's alias": "import p.store as s\nx = s.load(1)\n",
    "a relative module": "from . import store\nx = store.load(1)\n",
    "a condition": "if TYPE:\n    from p.store import load\nx = load(1)\n",
}


@pytest.mark.parametrize("way", USERS)
def test_both_sides_are_found_by_each_way_to_import(project, way):
    root = project(PACKAGE | {"p/user.py": USERS[way]})
    code = USERS[way].splitlines()[-1]
    assert links(root, "p/store.py").callers == {"load": (code,)}
    name = code[4:].removesuffix("(1)")
    assert links(root, "p/user.py").called == {name: Callee("def load(path):", "Load a store.")}


def test_what_a_package_passes_on_is_found(project):
    root = project(PACKAGE | {"p/__init__.py": "from p.store import *\n", "user.py": "import p\nx = p.load(1)\n"})
    assert links(root, "p/store.py").callers == {"load": ("x = p.load(1)",)}


def test_classes_and_their_class_methods_are_found_and_other_methods_not(project):
    source = "from p.store import Store\nx = Store()\ny = Store.empty(3)\nStore.drop(x)\nx.drop()\n"
    root = project(PACKAGE | {"user.py": source})
    assert links(root, "p/store.py").callers == {"Store": ("x = Store()",), "Store.empty": ("y = Store.empty(3)",)}
    assert links(root, "user.py").called == {
        "Store": Callee("class Store:", "A store."),
        "Store.empty": Callee("@classmethod\ndef empty(cls, size):"),
    }


DOUBTS = {
    "two modules of one name": {"a/p/__init__.py": "", "a/p/store.py": STORE, "u.py": USERS["a module"]},
    "two definitions": {"p/store.py": STORE + "def load(): ...\n", "u.py": USERS["an absolute import"]},
    "a star": {"u.py": "from p.store import *\nload(1)\n"},
    "two stars": {
        "p/__init__.py": "from p.store import *\nfrom q import *\n",
        "q.py": STORE,
        "u.py": "import p\nx = p.load(1)\n",
    },
    "a module of a strange folder": {"scripts/json.py": "def load(): ...\n", "u.py": "from json import load\nload()\n"},
    "somebody else's": {"u.py": "from other.store import load\nload(1)\n"},
    "one that is ours and somebody else's": {
        "u.py": "try:\n    from p.store import load\nexcept ImportError:\n    from fast import load\nload(1)\n"
    },
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_in_doubt_nothing_is_said(project, doubt):
    root = project(PACKAGE | DOUBTS[doubt])
    assert links(root, "u.py") == Links()
    for target in ("p/store.py", "scripts/json.py"):
        assert not links(root, target).callers


def test_tests_are_told_from_callers(project):
    test = "from p.store import load\ndef test_it():\n    assert load(1)\n"
    root = project(PACKAGE | {"tests/test_store.py": test, "user.py": USERS["a module"]})
    found = links(root, "p/store.py")
    assert found.tests == {"load": ("def test_it():\n    assert load(1)",)}
    assert found.callers == {"load": ("x = p.store.load(1)",)}


def test_what_is_asserted_comes_before_what_is_called_only(project):
    test = "from p.store import load\ndef test_{0}():\n    {1}load(1)\n"
    files = {"test_a.py": test.format("a", ""), "test_b.py": test.format("b", "assert ")}
    found = links(project(PACKAGE | files), "p/store.py").tests["load"]
    assert [code.split("(")[0] for code in found] == ["def test_b", "def test_a"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/r/test_a.py", True), ("/r/a_test.py", True), ("/r/tests/a.py", True), ("/r/attest.py", False)],
)
def test_a_file_holds_tests_by_its_name_or_folder(path, expected):
    assert is_test(path) is expected


def test_of_a_thousand_callers_a_few_are_kept(project):
    users = {f"u{n:03}.py": f"from p.store import load\nx = load({n})\ny = load({n}, 1)\n" for n in range(200)}
    found = links(project(PACKAGE | users), "p/store.py")
    assert [len(codes) for codes in found.callers.values()] == [3]
    assert len(pickle.dumps(found)) < 1000


def test_modules_that_import_each_other_in_circles_take_no_time(project):
    ring = {f"p/m{n}.py": "".join(f"from p.m{k} import *\n" for k in range(25)) + "load(1)\n" for n in range(25)}
    assert links(project(PACKAGE | ring | {"u.py": "from p.m0 import gone\ngone(1)\n"}), "u.py") == Links()


def test_one_target_and_all_targets_give_the_same(project):
    others = {f"o{n}.py": "x = 1\n" for n in range(30)}
    root = project(PACKAGE | others | {"user.py": USERS["a module"], "t/test_a.py": USERS["a module's alias"]})
    every = IndexReader(root, has_links=True).read([path for path, _ in project_files(root)])
    for target in ("p/store.py", "user.py"):
        assert every.about(str(root / target)).links == links(root, target) != Links()


def test_without_a_model_nothing_of_it_is_read(project):
    root, seen = project(PACKAGE | {"user.py": USERS["a module"]}), []

    def mapper(function, paths):
        paths = list(paths)
        seen.extend((function, path) for path in paths)
        return map(function, paths)

    reader = IndexReader(root)
    index = reader.read([path for path, _ in project_files(root)], mapper)
    assert index.links == {}
    assert all(getattr(function, "roots", None) is None for function, _ in seen)
    assert all(getattr(function, "__name__", "") != "mentions_at" for function, _ in seen)


def test_a_file_that_has_changed_is_read_again_and_others_are_not(project):
    root = project(PACKAGE | {"user.py": USERS["a module"]})
    reader, target, seen = IndexReader(root, has_links=True), str(root / "p/store.py"), []

    def mapper(function, paths):
        paths = list(paths)
        seen.extend(Path(path).name for path in paths)
        return map(function, paths)

    reader.read([target], mapper)
    seen.clear()
    assert reader.read([target], mapper).links[target].callers == {"load": ("x = p.store.load(1)",)}
    assert seen == []
    (root / "user.py").write_text("import p.store\nx = p.store.load(12)\n")
    assert reader.read([target], mapper).links[target].callers == {"load": ("x = p.store.load(12)",)}
    assert set(seen) == {"user.py"}


@pytest.mark.parametrize("keep", [".glossatorignore", ".gitignore", "privacy.exclude", "name"])
def test_s4_a_file_that_is_held_back_is_neither_caller_nor_callee(project, keep):
    hidden = "secrets" if keep == "name" else "hidden"
    source = 'from p.store import load\nx = load("canary")\ndef keep(x):\n    """The canary."""\n'
    user = f"from {hidden} import keep\ny = keep(1)\n"
    root = project(PACKAGE | {f"{hidden}.py": source, f"test_{hidden}.py": source, "user.py": user})
    if keep != "name":
        assert links(root, "p/store.py").callers
        assert links(root, "user.py").called
    if keep.startswith("."):
        (root / keep).write_text("*hidden.py\n")
    exclude = {"privacy.exclude": ("*hidden.py",), "name": ("test_secrets.py",)}.get(keep, ())
    for target in ("p/store.py", "user.py"):
        assert links(root, target, exclude=exclude) == Links()
        indexes, path = Indexes(), str(root / target)
        indexes.take(indexes.read([path], exclude, [path]))
        assert indexes.about(path).links == Links()
