"""The tools that are measured: how each is run over a folder of cases, and what its output says.

Every peer gets the options under which it finds most; they are part of the printed header. Nothing is run but the
tools: neither the subjects' code nor ours is imported.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_PYDOCLINT_FINDING = re.compile(r"(?P<path>[^:\n]+\.py):(?P<line>\d+): (?P<code>DOC\d+): (?P<message>.*)")
_DOCSIG_PLACE = re.compile(r"(?P<path>[^:\n]+\.py):(?P<line>\d+)(?: in (?P<symbol>\S+))?")
_DOCSIG_FINDING = re.compile(r"\s+(?P<code>SIG\d+): (?P<message>.*)")
_PYDOCLINT = (
    "--quiet --show-filenames-in-every-violation-message True --allow-init-docstring True --check-arg-order True"
    " --check-style-mismatch False --skip-checking-raises False --skip-checking-short-docstrings True"
    " --omit-stars-when-documenting-varargs True --check-class-attributes False --exclude ''"
)
_WITHOUT_TYPES = " --arg-type-hints-in-signature False --arg-type-hints-in-docstring False"
_WITH_TYPES = " --arg-type-hints-in-signature True --arg-type-hints-in-docstring True"
_RUFF = (
    "check --isolated --no-cache --ignore-noqa --no-respect-gitignore --exit-zero --quiet --preview --select D,DOC"
    " --output-format json"
)
_DOCSIG = (
    "--no-ansi --include-ignored --check-class-constructor --check-overridden --check-protected"
    " --check-protected-class-methods"
)
_OURS = "check --select GLS2 --output-format json"
_TIMEOUT_S = 900


@dataclass(frozen=True, slots=True)
class Finding:
    """What a tool says about lines of a file; only ours names the symbol, and says whether it can mend it."""

    path: str
    line: int
    code: str
    message: str
    symbol: str = ""
    is_fixable: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One run of a tool over folders; `is_typed` marks the run for the kinds about types and defaults."""

    tool: str
    command: tuple[str, ...]
    folders: tuple[str, ...]
    read: Callable[[str], Iterable[Finding]]
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the tools are: our command, the folder of the peers' programs, and which ones to run."""

    ours: str
    peers: Path
    wanted: tuple[str, ...] = ("ours", "pydoclint", "ruff", "docsig")


class ToolError(Exception):
    """A tool could not do its work."""


Findings = Mapping[str, Sequence[Finding]]


def run_all(tools: Tools, root: Path, styles: Sequence[str]) -> dict[tuple[str, bool], Findings]:
    """Findings by path for each tool, and for pydoclint apart with types and without; two runs at a time."""
    tasks = [task for tool in tools.wanted for task in _tasks(tools, tool, styles)]
    found: dict[tuple[str, bool], dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    with ThreadPoolExecutor(2) as pool:
        for task, findings in zip(tasks, pool.map(lambda task: list(_run(task, root)), tasks), strict=True):
            for finding in findings:
                found[task.tool, task.is_typed][finding.path].append(finding)
    for tool in tools.wanted:
        found.setdefault((tool, False), defaultdict(list))
    return dict(found)


def check_ours(ours: str, root: Path, folder: str) -> list[Finding]:
    """Our findings in one folder."""
    return list(_run(Task("ours", (*shlex.split(ours), *_OURS.split()), (folder,), _read_ours), root))


def described(tools: Tools) -> list[str]:
    """What is run, for the header of a table: versions and options."""
    lines = []
    for tool in tools.wanted:
        program = _program(tools, tool)
        done = subprocess.run([*program, "--version"], capture_output=True, text=True, check=False)
        version = next(iter(re.findall(r"\d+\.\d+\S*", done.stdout)), "unknown version")
        options = {
            "ours": _OURS,
            "pydoclint": f"--style STYLE {_PYDOCLINT}{_WITHOUT_TYPES} (True and True, with --check-arg-defaults True"
            " in numpy style, for the kinds about types and defaults)",
            "ruff": f"{_RUFF}, and for google style its convention",
            "docsig": _DOCSIG,
        }[tool]
        lines.append(f"{tool} {version}: {options}")
    return lines


def nobodys_environment(root: Path) -> dict[str, str]:
    """The environment without anybody's settings of the tools."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GLOSSATOR_", "RUFF_"))}
    return kept | {name: str(root / "nobody") for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}


def _tasks(tools: Tools, tool: str, styles: Sequence[str]) -> list[Task]:
    """The runs that a tool needs: pydoclint and ruff must be told the style."""
    program = _program(tools, tool)
    if tool == "ours":
        return [Task(tool, (*program, *_OURS.split()), ("before", "after"), _read_ours)]
    if tool == "docsig":
        return [Task(tool, (*program, *_DOCSIG.split()), _folders(styles), _read_docsig)]
    tasks = []
    for style in styles:
        if tool == "ruff":
            convention = ("--config", 'lint.pydocstyle.convention="google"') if style == "google" else ()
            tasks.append(Task(tool, (*program, *_RUFF.split(), *convention), _folders([style]), _read_ruff))
        elif style in ("google", "numpy", "sphinx"):
            common = (*program, "--style", style, *shlex.split(_PYDOCLINT))
            defaults = " --check-arg-defaults True" if style == "numpy" else ""
            with_types = tuple((_WITH_TYPES + defaults).split())
            tasks.append(Task(tool, (*common, *_WITHOUT_TYPES.split()), _folders([style]), _read_pydoclint))
            tasks.append(Task(tool, (*common, *with_types), _folders([style]), _read_pydoclint, is_typed=True))
    return tasks


def _folders(styles: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{side}/{style}" for side in ("before", "after") for style in styles)


def _program(tools: Tools, tool: str) -> tuple[str, ...]:
    return tuple(shlex.split(tools.ours)) if tool == "ours" else (str(tools.peers / tool),)


def _run(task: Task, root: Path) -> Iterable[Finding]:
    """Run a tool in the folder of the cases."""
    done = subprocess.run(
        [*task.command, *(folder for folder in task.folders if (root / folder).is_dir())],
        cwd=root,
        env=nobodys_environment(root),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.returncode not in (0, 1) or "Traceback (most recent call last)" in done.stderr:
        raise ToolError(f"{shlex.join(task.command)}: exit code {done.returncode}: {done.stderr[-2000:]}")
    # pydoclint writes its findings to stderr.
    return task.read(done.stdout if task.tool != "pydoclint" else done.stdout + done.stderr)


def _read_ours(output: str) -> Iterable[Finding]:
    for item in json.loads(output or "[]"):
        place = item["path"], item["line"], item["code"], item["message"]
        yield Finding(*place, symbol=item["symbol"], is_fixable=item["fixable"])


def _read_pydoclint(output: str) -> Iterable[Finding]:
    for match in _PYDOCLINT_FINDING.finditer(output):
        yield Finding(match["path"], int(match["line"]), match["code"], match["message"])


def _read_ruff(output: str) -> Iterable[Finding]:
    for item in json.loads(output or "[]"):
        path = Path(item["filename"])
        yield Finding("/".join(path.parts[-3:]), item["location"]["row"], item["code"] or "", item["message"])


def _read_docsig(output: str) -> Iterable[Finding]:
    place: re.Match[str] | None = None
    for line in output.split("\n"):
        if match := _DOCSIG_PLACE.match(line):
            place = match
        elif place and (match := _DOCSIG_FINDING.match(line)):
            yield Finding(place["path"], int(place["line"]), match["code"], match["message"])
