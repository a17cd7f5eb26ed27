"""Which files a package is made of, and what is read of them."""

from pathlib import Path

import pytest
from surfaces import read_package

from glossator.config import Settings
from glossator.documenter.pages.opening import read_files
from glossator.engine.executor import Pool
from glossator.errors import SourceError
from glossator.syntax.meanings import Home
from glossator.syntax.package import Package
from glossator.workspace.files import Patterns
from glossator.workspace.packages import MAX_FILES, package_around, package_of


@pytest.fixture
def tree(tmp_path):
    """Writes files (with a text, or empty) below a folder, which it returns."""

    def write(*names, **texts):
        for name in (*names, *texts):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts.get(name, ""))
        return tmp_path

    return write


def modules(found):
    return [one.name for one in found.files]


PKG = ("pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py")
NAMES = ["pkg", "pkg.a", "pkg.sub", "pkg.sub.b"]


@pytest.mark.parametrize("where", ["pkg", "pkg/__init__.py"])
def test_a_package_is_its_folder(tree, where):
    found = package_of(tree(*PKG) / where)
    assert (found.name, modules(found)) == ("pkg", NAMES)
    assert found.file("pkg.sub").name == "__init__.py"
    assert [one.is_package for one in found.files] == [True, False, True, False]


def test_a_package_in_a_package_has_the_name_of_both(tree):
    found = package_of(tree(*PKG) / "pkg" / "sub")
    assert (found.name, modules(found)) == ("pkg.sub", ["pkg.sub", "pkg.sub.b"])


@pytest.mark.parametrize("where", ["pkg", "pkg/sub/b.py", "pkg/sub", "pkg/sub/__init__.py"])
def test_around_a_file_lies_the_topmost_package(tree, where):
    assert modules(package_around(tree(*PKG) / where)) == NAMES


def test_a_module_alone_is_a_package_of_one(tree):
    root = tree("tool.py", *PKG)
    for found in (package_of(root / "tool.py"), package_around(root / "tool.py")):
        assert (found.name, modules(found)) == ("tool", ["tool"])
    assert modules(package_of(root / "pkg" / "a.py")) == ["pkg.a"]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (("src/pkg/__init__.py", "tests/__init__.py", "docs/conf.py"), "pkg"),
        (("pkg/__init__.py", "tests/__init__.py", "setup.py"), "pkg"),
        (("server/pkg/__init__.py", "tests/__init__.py"), "pkg"),
        (("src/ns/pkg/__init__.py",), "ns.pkg"),
        (("src/tool.py", "conftest.py"), "tool"),
        (("tool.py", "setup.py", "noxfile.py", "test_tool.py"), "tool"),
        (("src/other/__init__.py", "src/my_project/__init__.py"), "my_project"),
    ],
)
def test_a_project_means_the_package_in_it(tree, files, name):
    root = tree(*files, **{"pyproject.toml": '[project]\nname = "My.Project"\n'})
    assert package_of(root).name == name


def test_a_project_of_several_packages_has_to_be_told_which(tree):
    root = tree("src/one/__init__.py", "src/two/__init__.py", "pyproject.toml")
    with pytest.raises(SourceError, match=r"one, two.*name the folder"):
        package_of(root)


@pytest.mark.parametrize("project", ["[project", "project = 3\n", "[project]\nname = 3\n"])
def test_a_project_file_that_cannot_be_read_says_nothing(tree, project):
    root = tree("src/one/__init__.py", **{"pyproject.toml": project})
    assert package_of(root).name == "one"


def test_what_holds_no_python_is_no_package(tree):
    root = tree("empty/notes.txt", "pyproject.toml")
    for path in (root, root / "empty", root / "gone"):
        with pytest.raises(SourceError):
            package_of(path)


def test_a_folder_without_init_is_a_namespace_package(tree):
    root = tree("src/ns/a/__init__.py", "src/ns/b/c.py", "src/ns/a/data/script.py")
    found = package_of(root / "src" / "ns")
    assert modules(found) == ["ns.a", "ns.b.c"]
    assert [reason for _, reason in found.skipped] == ["lies in a folder without __init__.py"]
    assert package_of(root / "src" / "ns" / "a").name == "ns.a"


def test_the_folder_of_a_namespace_counts_where_packages_are_installed(tree):
    root = tree("lib/site-packages/ns/deep/pkg/__init__.py")
    assert package_of(root / "lib" / "site-packages" / "ns" / "deep" / "pkg").name == "ns.deep.pkg"


def test_a_stub_comes_before_its_source_and_takes_its_docstrings(tree):
    root = tree(
        **{
            "pkg/__init__.py": "",
            "pkg/a.py": '"""A module."""\ndef f(x): "Say f."\nclass C:\n    def m(self): "Say m."\n',
            "pkg/a.pyi": "def f(x: int) -> str: ...\nclass C:\n    def m(self) -> None: ...\n    def new(self): ...\n",
            "pkg/only.pyi": "x: int\n",
        }
    )
    found = package_of(root / "pkg")
    assert [(one.name, one.path.suffix) for one in found.files] == [
        ("pkg", ".py"),
        ("pkg.a", ".pyi"),
        ("pkg.only", ".pyi"),
    ]
    surface = read_package(found).modules["pkg.a"]
    assert surface.text == "A module."
    assert surface.is_stub
    f, c = surface.items
    assert (f.signature, f.text) == ("def f(x: int) -> str", "Say f.")
    assert [(one.name, one.text) for one in c.members] == [("m", "Say m."), ("new", "")]
    assert read_package(package_of(root / "pkg" / "a.py")).modules["pkg.a"].is_stub


def test_a_folder_of_stubs_has_the_name_of_the_package(tree):
    assert package_of(tree("pkg-stubs/__init__.pyi") / "pkg-stubs").name == "pkg"


def test_a_package_comes_before_a_module_of_its_name(tree):
    found = package_of(tree("pkg/__init__.py", "pkg/a.py", "pkg/a/__init__.py") / "pkg")
    assert found.file("pkg.a").name == "__init__.py"


def test_what_is_ignored_or_cannot_be_imported_is_left_out(tree):
    root = tree(*PKG, "pkg/my-script.py", "pkg/made.py", **{"pkg/.gitignore": "made.py\n"})
    found = package_of(root / "pkg", Patterns(root / "pkg", exclude=("sub/",)))
    assert modules(found) == ["pkg", "pkg.a"]
    assert found.skipped == ((root / "pkg" / "my-script.py", "has a name that cannot be imported"),)


def test_a_link_out_of_the_package_is_left_out(tree):
    root = tree(*PKG, "secret.py")
    (root / "pkg" / "linked.py").symlink_to(root / "secret.py")
    (root / "pkg" / "loop").symlink_to(root / "pkg")
    found = package_of(root / "pkg")
    assert modules(found) == NAMES
    assert root / "pkg" / "linked.py" in dict(found.skipped)


def test_files_that_cannot_be_read_are_told_and_the_others_read(tree):
    root = tree(*PKG, **{"pkg/ok.py": "def f(): ...\n"})
    (root / "pkg" / "a.py").write_bytes(b"\xff\xfe\x00")
    (root / "pkg" / "large.py").write_text("x = 1\n" * 1000)
    found = package_of(root / "pkg")
    read = read_files(found, Settings(max_file_kb=2), Pool(1))
    assert sorted(Path(path).name for path in read.skipped) == ["a.py", "large.py"]
    assert "max_file_kb" in read.skipped[str(root / "pkg" / "large.py")]
    assert Package(found.name, read.surfaces).resolve("f", Home("pkg.ok")) == Home("pkg.ok", "f")


def test_files_beyond_the_bound_are_told(tree, monkeypatch):
    monkeypatch.setattr("glossator.workspace.packages.MAX_FILES", 2)
    found = package_of(tree(*PKG) / "pkg")
    assert len(found.files) == 2
    assert len(found.skipped) == 2
    assert MAX_FILES == 5000


def test_other_processes_may_read_the_files(tree):
    found = package_of(tree(*PKG) / "pkg")
    (found.root / "large.py").write_text("x = 1\n" * 30_000)
    assert read_package(package_of(found.root), 2).modules == read_package(package_of(found.root)).modules
