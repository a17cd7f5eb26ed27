"""What the code base promises about itself: layers, sizes, names, exports."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import glossator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "server" / "glossator"
MODULES = sorted(PACKAGE.rglob("*.py"))
FORBIDDEN = {"utils", "util", "helpers", "helper", "manager", "core", "common", "misc", "data", "info"}
LINE_LIMITS = {"file": 400, "function": 50}


def lint_imports(server, config=ROOT / "pyproject.toml"):
    """Run the import contracts over the package in `server`."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
            "--config",
            config,
        ],
        env={**os.environ, "PYTHONPATH": str(server)},
        cwd=server,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_and_functions_are_short(path):
    text = path.read_text()
    assert len(text.splitlines()) <= LINE_LIMITS["file"]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= LINE_LIMITS["function"], node.name


def test_names_of_modules_say_what_is_in_them():
    assert not {path.stem for path in MODULES} & FORBIDDEN
    assert not {path.name for path in PACKAGE.rglob("*") if path.is_dir()} & FORBIDDEN


def test_imports_keep_to_the_layers_and_dependencies_to_their_owners():
    done = lint_imports(ROOT / "server")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "statement", "complaint"),
    [
        ("syntax/planted.py", "import glossator.cli.main", "glossator.syntax.planted -> glossator.cli.main"),
        ("cli/planted.py", "import glossator.lsp.server", "glossator.cli.planted -> glossator.lsp.server"),
        ("config/planted.py", "import tree_sitter", "glossator.config.planted -> tree_sitter"),
        ("engine/planted.py", "import httpx", "glossator.engine.planted -> httpx"),
        ("stray.py", "import json", "glossator.stray"),
    ],
)
def test_a_planted_violation_is_reported(tmp_path, module, statement, complaint):
    for path in (*MODULES, PACKAGE / "lsp" / "__init__.py", PACKAGE / "lsp" / "server.py"):
        copy = tmp_path / "glossator" / path.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("")
    (tmp_path / "glossator" / module).write_text(f"{statement}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_the_package_exports_what_it_says():
    assert glossator.__all__ == ["__version__"]
    assert glossator.__version__ == re.search(r'__version__ = "(.*)"', (PACKAGE / "__init__.py").read_text())[1]


def test_the_extension_has_the_version_of_the_package():
    manifest = json.loads((ROOT / "vscode-extension" / "package.json").read_text())
    assert manifest["version"] == glossator.__version__


def test_one_file_of_the_extension_knows_the_editor():
    sources = {path.name: path.read_text() for path in (ROOT / "vscode-extension" / "src").glob("*.ts")}
    assert [name for name, text in sources.items() if 'from "vscode"' in text] == ["editor.ts"]
    assert [name for name, text in sources.items() if 'from "vscode-languageclient' in text] == ["client.ts"]
    assert {name: len(text.splitlines()) for name, text in sources.items() if text.count("\n") > 400} == {}


def test_every_module_is_imported_without_the_optional_dependencies():
    extras = ("redis", "xllamacpp", "wordllama", "usearch", "torch", "distributed", "numpy")
    names = [".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for p in MODULES]
    code = f"import sys; sys.modules.update(dict.fromkeys({extras!r}))\n"  # None there: ImportError
    code += "".join(f"import {name}\n" for name in names if not name.endswith("__main__"))
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_targets_of_the_makefile_are_those_that_contributing_names():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets == [
        "help",
        "setup",
        "fix",
        "check",
        "docs-check",
        "pages",
        "test",
        "package",
        "test-editors",
        "soak",
        "bench",
        "bench-seed",
        "bench-growth",
        "staleness",
        "models",
        "demo",
        "demo-model",
        "clean",
    ]
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert all(
        f"make {target}" in text
        for target in (
            "fix",
            "check",
            "docs-check",
            "pages",
            "test",
            "package",
            "test-editors",
            "soak",
            "bench",
            "staleness",
            "demo",
        )
    )


def test_continuous_integration_runs_what_developers_run():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
