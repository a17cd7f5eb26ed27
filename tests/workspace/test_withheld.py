"""Which files no provider sees, and no neighbour hears of."""

from pathlib import Path

import pytest

from glossator.config import Sources, load
from glossator.workspace.files import Patterns, select_files
from glossator.workspace.indexes import Indexes
from glossator.workspace.project import IndexReader, project_files
from glossator.workspace.withheld import may_be_sent

BASE = 'class Base:\n    def read(self):\n        """Read the canary."""\n'
CHILD = "from {} import Base\nclass Child(Base):\n    def read(self): pass\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    for name in ("a.py", "b.py", "sub/c.py", "sub/deep/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def sent(project, *exclude):
    files = sorted(project.rglob("*.py"))
    return [file.relative_to(project).as_posix() for file in files if may_be_sent(file, exclude, project)]


def read(project, *exclude):
    return [Path(file).relative_to(project).as_posix() for file, _ in project_files(project, exclude)]


def found(project):
    return [file.relative_to(project).as_posix() for file in select_files([project]).files]


ALL = ["a.py", "b.py", "sub/c.py", "sub/deep/d.py"]


def test_what_nothing_holds_back_may_be_sent(project):
    assert sent(project) == read(project) == found(project) == ALL


@pytest.mark.parametrize(
    ("name", "lines", "want"),
    [
        (".glossatorignore", "b.py\nsub/deep/\n", ["a.py", "sub/c.py"]),
        (".glossatorignore", "sub/*\n!sub/c.py\n", ["a.py", "b.py", "sub/c.py"]),
        (".glossatorignore", "sub\n!sub/c.py\n", ["a.py", "b.py"]),
        ("sub/.glossatorignore", "/c.py\n", ["a.py", "b.py", "sub/deep/d.py"]),
        ("sub/.glossatorignore", "*\n", ["a.py", "b.py"]),
        ("sub/deep/.glossatorignore", "# a remark\n\n*.py\n", ["a.py", "b.py", "sub/c.py"]),
    ],
)
def test_an_ignore_file_of_our_own_holds_back_and_is_not_found_or_read(project, name, lines, want):
    (project / name).write_text(lines)
    assert sent(project) == read(project) == found(project) == want


def test_an_inner_ignore_file_has_the_last_word_on_what_an_outer_one_says(project):
    (project / ".glossatorignore").write_text("*.py\n")
    (project / "sub" / ".glossatorignore").write_text("!c.py\n")
    assert sent(project) == read(project) == found(project) == ["sub/c.py"]


def test_neither_ignore_file_takes_back_what_the_other_says(project):
    (project / ".gitignore").write_text("a.py\n!b.py\n")
    (project / ".glossatorignore").write_text("b.py\n!a.py\n")
    assert found(project) == ["sub/c.py", "sub/deep/d.py"]


def test_a_folder_that_is_held_back_is_so_when_it_is_named_as_well(project):
    (project / ".git").mkdir()
    (project / ".glossatorignore").write_text("sub/\n")
    assert select_files([project / "sub"]).files == ()
    assert select_files([project / "sub" / "c.py"]).files == (project / "sub" / "c.py",)
    assert not may_be_sent(project / "sub" / "c.py", (), project / "sub")


def test_a_file_is_held_back_from_any_folder_above_its_project(project):
    (project.parent / ".glossatorignore").write_text(f"/{project.name}/sub/\n")
    try:
        assert sent(project) == read(project) == ["a.py", "b.py"]
    finally:
        (project.parent / ".glossatorignore").unlink()


def test_without_a_project_the_ignore_file_counts_as_well(project):
    (project / "pyproject.toml").unlink()
    (project / ".glossatorignore").write_text("a.py\n")
    assert read(project) == ["b.py"]


@pytest.mark.parametrize(
    ("exclude", "want"),
    [
        (("b.py", "sub/deep/"), ["a.py", "sub/c.py"]),
        (("/a.py", "deep"), ["b.py", "sub/c.py"]),
        (("*.py", "!sub/c.py"), ["sub/c.py"]),
        (("nothing",), ALL),
    ],
)
def test_what_the_user_excludes_is_neither_sent_nor_read(project, exclude, want):
    assert sent(project, *exclude) == read(project, *exclude) == want
    assert found(project) == ALL


def test_the_user_may_exclude_folders_of_the_home_folder(project, monkeypatch):
    monkeypatch.setenv("HOME", str(project.parent))
    monkeypatch.setenv("USERPROFILE", str(project.parent))
    assert sent(project, f"~/{project.name}/sub/") == read(project, f"~/{project.name}/sub/") == ["a.py", "b.py"]


@pytest.mark.parametrize(
    "name",
    [
        *(".env", ".env.local", "prod.env", ".netrc", ".pypirc", "key.pem", "deploy_rsa", "id_rsa.pub", "x.tfstate"),
        *(
            "credentials.py",
            "Credentials.PY",
            "aws_credentials.py",
            "secrets.py",
            "client_secrets.json",
            "secrets.toml",
        ),
        *(
            "local_settings.py",
            "settings_local.py",
            ".aws/config.py",
            "secrets/db.py",
            "a.tfstate.backup",
            "passwords.py",
        ),
    ],
)
def test_what_is_named_for_secrets_is_never_sent_and_never_a_neighbour(project, name):
    file = project / "app" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    assert not may_be_sent(file, (), project)
    assert not may_be_sent(file, ("!*",), project)
    assert not may_be_sent(file, (), project / "sub")
    assert read(project) == ALL


@pytest.mark.parametrize("name", ["environment.py", "tokens.py", "keys.py", "settings.py", "secretary.py", "pem.py"])
def test_ordinary_names_may_be_sent(project, name):
    assert may_be_sent(project / name, (), project)


def test_a_link_is_held_back_for_its_own_name_and_for_what_it_leads_to(project):
    (project / "secrets.py").write_text("")
    (project / "link.py").symlink_to(project / "secrets.py")
    (project / "credentials.py").symlink_to(project / "a.py")
    assert not may_be_sent(project / "link.py", (), project)
    assert not may_be_sent(project / "credentials.py", (), project)


def test_paths_are_taken_as_they_lie(project, monkeypatch):
    (project / ".glossatorignore").write_text("sub/c.py\n")
    monkeypatch.chdir(project / "sub")
    assert not may_be_sent(Path("c.py"), (), Path())
    assert not may_be_sent(Path("../sub/../sub/c.py"), (), Path(".."))
    assert may_be_sent(Path("deep/d.py"), (), Path(".."))


def test_a_workspace_neither_sets_nor_widens_what_the_user_excludes(project, tmp_path, monkeypatch):
    user = tmp_path / "user.toml"
    user.write_text('[privacy]\nexclude = ["sub/"]\n')
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(user))
    (project / "glossator.toml").write_text('include = ["sub/"]\n[privacy]\nexclude = ["!sub/"]\nliterals = true\n')
    settings = load(Sources(project)).settings
    assert (settings.include, settings.privacy.exclude, settings.privacy.literals) == (("sub/",), ("sub/",), False)
    assert sent(project, *settings.privacy.exclude) == ["a.py", "b.py"]
    assert select_files([project], Patterns(project, include=settings.include)).files != ()


@pytest.mark.parametrize(
    ("name", "keep"),
    [
        ("secrets", ""),
        ("credentials", ""),
        ("hidden", ".glossatorignore"),
        ("hidden", ".gitignore"),
        ("hidden", "privacy.exclude"),
    ],
)
def test_s4_a_file_that_is_held_back_says_nothing_about_its_neighbours(project, name, keep):
    (project / f"{name}.py").write_text(BASE)
    (project / "child.py").write_text(CHILD.format(name))
    if keep.startswith("."):
        (project / keep).write_text("hidden.py\n")
    exclude = ("hidden.py",) if keep == "privacy.exclude" else ()
    target = str(project / "child.py")
    index = IndexReader(project, exclude=exclude).read([target])
    assert index.about(target).base_of("Child", "read") is None
    indexes = Indexes()
    indexes.take(indexes.read([target], exclude))
    assert indexes.about(target).base_of("Child", "read") is None
    assert "canary" not in repr(index)


def test_s4_a_file_that_is_held_back_lends_no_words(project):
    source = "\n".join(f'def f{n}(x):\n    """Do.\n\n    Args:\n        x: the canary.\n    """\n' for n in range(5))
    (project / "words.py").write_text(source)
    assert IndexReader(project).read([]).described == {"x": "the canary."}
    assert IndexReader(project, exclude=("words.py",)).read([]).described == {}
    (project / "words.py").rename(project / "secrets.py")
    assert IndexReader(project).read([]).described == {}


def test_s4_a_link_out_of_the_project_is_no_neighbour(project, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "base.py").write_text(BASE)
    (project / "base.py").symlink_to(other / "base.py")
    (project / "more").symlink_to(other)
    (project / "child.py").write_text(CHILD.format("base"))
    index = IndexReader(project).read([str(project / "child.py")])
    assert "canary" not in repr(index)


def test_an_index_hears_of_new_patterns(project):
    (project / "base.py").write_text(BASE)
    (project / "child.py").write_text(CHILD.format("base"))
    indexes, target = Indexes(), str(project / "child.py")
    indexes.take(indexes.read([target]))
    assert indexes.about(target).base_of("Child", "read") is not None
    indexes.take(indexes.read([target], ("base.py",)))
    assert indexes.about(target).base_of("Child", "read") is None
