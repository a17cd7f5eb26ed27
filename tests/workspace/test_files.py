from pathlib import Path

import pytest

from glossator.workspace.files import Patterns, select_files


@pytest.fixture
def tree(tmp_path):
    """Writes files (an empty text unless one is given) below a repository's root, which it returns."""
    (tmp_path / ".git").mkdir()

    def write(*names, **texts):
        for name in (*names, *texts):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        return tmp_path

    return write


def names(selection, root):
    return [path.relative_to(root).as_posix() for path in selection.files]


def test_a_folder_means_its_python_files_in_order(tree):
    root = tree("b.py", "a.pyi", "sub/c.py", "sub/deep/d.py", "notes.txt", "script")
    assert names(select_files([root]), root) == ["a.pyi", "b.py", "sub/c.py", "sub/deep/d.py"]


def test_a_file_that_was_named_is_always_taken(tree):
    root = tree("script", ".venv/x.py", "ignored.py")
    (root / ".gitignore").write_text("ignored.py\n")
    paths = [root / "script", root / ".venv/x.py", root / "ignored.py"]
    assert list(select_files(paths).files) == paths


def test_a_file_that_is_named_twice_is_taken_once(tree):
    root = tree("a.py")
    assert len(select_files([root / "a.py", root, root / "a.py"]).files) == 1


@pytest.mark.parametrize("folder", [".git", ".venv", "__pycache__", "node_modules", "site-packages"])
def test_folders_of_other_peoples_code_are_left_out(tree, folder):
    root = tree("a.py", f"sub/{folder}/b.py")
    assert names(select_files([root]), root) == ["a.py"]


def test_a_virtual_environment_is_known_by_its_mark(tree):
    root = tree("a.py", "env/pyvenv.cfg", "env/lib/b.py")
    assert names(select_files([root]), root) == ["a.py"]


def test_ignored_files_are_left_out_and_inner_files_overrule_outer_ones(tree):
    root = tree("a.py", "gen_a.py", "build/b.py", "sub/gen_b.py", "sub/gen_c.py", "sub/deep/c.py")
    (root / ".gitignore").write_text("build/\ngen_*.py\n")
    (root / "sub" / ".gitignore").write_text("!gen_b.py\n/deep\n")
    assert names(select_files([root]), root) == ["a.py", "sub/gen_b.py"]


def test_rules_of_the_repository_hold_in_a_named_folder_but_not_against_it(tree):
    root = tree("build/a.py", "build/gen_b.py", "build/out/c.py", "build/build/d.py")
    (root / ".gitignore").write_text("build/\ngen_*.py\n/build/out\n")
    # The pattern that ignores the named folder does not count, not even for a folder of the same name beneath.
    assert names(select_files([root / "build"]), root) == ["build/a.py", "build/build/d.py"]


def test_rules_above_a_folder_that_is_in_no_repository_do_not_hold(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_text("")
    (tmp_path / ".gitignore").write_text("*.py\n")
    assert len(select_files([tmp_path / "sub"]).files) == 1


def test_excluded_and_included_patterns_are_relative_to_the_settings(tree):
    root = tree("src/a.py", "src/old/b.py", "tests/c.py")
    assert names(select_files([root], Patterns(root, exclude=("tests", "/src/old"))), root) == ["src/a.py"]
    assert names(select_files([root / "src"], Patterns(root, exclude=("/src/old",))), root) == ["src/a.py"]
    assert names(select_files([root], Patterns(root, include=("src/",))), root) == ["src/a.py", "src/old/b.py"]
    assert names(select_files([root / "src"], Patterns(root, include=("src/",))), root) == ["src/a.py", "src/old/b.py"]


def test_a_current_folder_that_is_named_by_a_dot_gives_short_paths(tree, monkeypatch):
    monkeypatch.chdir(tree("a.py", "sub/b.py", "x/c.py"))
    Path(".gitignore").write_text("/x\n")
    assert list(map(str, select_files([Path()]).files)) == ["a.py", "sub/b.py"]


def test_d9_a_link_that_leads_out_of_the_folder_is_refused(tree, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "x.py"
    outside.write_text("")
    root = tree("a.py")
    (root / "link.py").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    selection = select_files([root])
    assert names(selection, root) == ["a.py"]
    assert "leads out" in selection.skipped[0][1]
    named = select_files([root / "link.py"])
    assert named.files == ()
    assert "leads out" in named.refused[0][1]


def test_d9_a_link_inside_the_folder_is_met_where_it_leads(tree):
    root = tree("a.py")
    (root / "link.py").symlink_to(root / "a.py")
    (root / "loop").symlink_to(root)
    selection = select_files([root])
    assert names(selection, root) == ["a.py"]
    assert (selection.refused, selection.skipped) == ((), ())
    assert select_files([root / "link.py"]).files == (root / "link.py",)


def test_what_does_not_exist_is_refused(tmp_path):
    assert select_files([tmp_path / "none.py"]).refused == ((tmp_path / "none.py", "no such file"),)


def test_ten_thousand_nested_folders_need_no_recursion(tree):
    root = tree("a.py")
    folder = root
    for _ in range(300):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "b.py").write_text("")
    assert len(select_files([root]).files) == 2
