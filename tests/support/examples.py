"""The examples of our documents, run: every ```console block of README.md and docs/ shows what the commands say today.

    python tests/support/examples.py      writes what they say now into the documents

A block's commands begin with `$ ` and run one after another in a copy of fixtures/demo that is the block's own; what
follows a command is its standard output, then its standard error. Only `glossator` and `echo $?` are known, there is
no shell. Durations become 0.1 s. The cache is in a folder that is the block's own, too, and shown as that of a home.

In docs/checks.md, a ```python or ```markdown block with a ```text block behind it is a source or a page and what
`check` finds in it: the codes of what is wrong, and that of the section's title.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
SECTION = re.compile(r"^### (GLS\d+) .*?(?=^#{2,3} |\Z)", re.MULTILINE | re.DOTALL)
FOUND = re.compile(r"^```(python|markdown)\n(.*?\n```\n\n```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
SUFFIXES = {"python": "py", "markdown": "md"}
DURATION = re.compile(r"\b\d+\.\d+ s\b")


def run(command, folder, last):
    """What a command says, and its exit code; `last` is that of the one before."""
    if command == "echo $?":
        return f"{last}\n", 0
    program, *arguments = shlex.split(command)
    assert program == "glossator", command
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GLOSSATOR_")}
    environment = ours | {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    environment["PYTHONPATH"] = str(ROOT / "server")
    environment["GLOSSATOR_CACHE_FOLDER"] = f"{folder}/.cache/glossator"
    words = [sys.executable, "-m", "glossator", *arguments]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    said = (done.stdout + done.stderr).replace(str(folder), "~")
    return DURATION.sub("0.1 s", said), done.returncode


def rendered_block(block):
    """A block with what its commands say now."""
    shown, code = [], 0
    with tempfile.TemporaryDirectory(prefix="glossator-examples-") as temporary:
        folder = Path(temporary) / "gazette"
        shutil.copytree(ROOT / "fixtures" / "demo", folder, ignore=shutil.ignore_patterns("__pycache__"))
        for command in COMMAND.findall(block):
            said, code = run(command, folder, code)
            shown.append(f"$ {command}\n{said}")
    return "".join(shown)


def rendered_section(section):
    """A code's section with what is found in its example now."""

    def checked(match):
        with tempfile.TemporaryDirectory(prefix="glossator-examples-") as temporary:
            name = f"example.{SUFFIXES[match[1]]}"
            (Path(temporary) / name).write_text(match[2].partition("```")[0], encoding="utf-8")
            said, _ = run(f"glossator check --select GLS2,GLS3,{section[1]} {name}", temporary, 0)
        return f"```{match[1]}\n{match[2]}" + said[: said.index("glossator: files:")]

    return FOUND.sub(checked, section[0])


def rendered(text):
    """A document with what its commands say now."""
    return SECTION.sub(rendered_section, BLOCK.sub(lambda match: rendered_block(match[0]), text))


if __name__ == "__main__":
    for document in DOCUMENTS:
        before = document.read_text(encoding="utf-8")
        if (after := rendered(before)) != before:
            document.write_text(after, encoding="utf-8")
            sys.stderr.write(f"{document.relative_to(ROOT)}: examples brought up to date\n")
