"""Pages in the sites that people build of them: mkdocs with material, and Sphinx with MyST, each without a warning."""

import os
import shutil
import subprocess
import sys

MKDOCS = """\
site_name: Pages
theme: {name: material, font: false}
strict: true
validation: {nav: {omitted_files: ignore}, links: {not_found: warn, anchors: warn, unrecognized_links: warn}}
markdown_extensions:
  - toc
  - pymdownx.superfences:
      custom_fences:
        - name: mermaid
          class: mermaid
          format: !!python/name:pymdownx.superfences.fence_code_format
"""
SPHINX = """\
project = "Pages"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
myst_heading_anchors = 6
myst_fence_as_directive = ["mermaid"]
"""
ROOT = "# All\n\n```{toctree}\n:glob:\n\n*\n*/*\n```\n"


def built(arguments, folder):
    command = [sys.executable, "-m", *arguments]
    quiet = os.environ | {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}  # of its own future
    done = subprocess.run(command, check=False, cwd=folder, env=quiet, capture_output=True, text=True, timeout=280)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-5000:]
    assert "WARNING" not in said


def test_mkdocs_material_builds_the_pages_without_a_warning(installed, tmp_path):
    folder, _ = installed
    shutil.copytree(folder, tmp_path / "docs")
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    built(["mkdocs", "build", "--quiet"], tmp_path)
    assert 'class="mermaid"' in (tmp_path / "site" / "stamina" / "index.html").read_text()


def test_sphinx_with_myst_builds_the_pages_without_a_warning(installed, tmp_path):
    folder, _ = installed
    (tmp_path / "conf.py").write_text(SPHINX)
    (tmp_path / "index.md").write_text(ROOT)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    built(["sphinx", "-b", "html", "-W", "--keep-going", "-n", "-q", ".", "out"], tmp_path)
    assert "platformdirs" in (tmp_path / "out" / "platformdirs.html").read_text()
