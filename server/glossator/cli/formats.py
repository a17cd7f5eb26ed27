"""Findings as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from glossator import __version__
from glossator.cli.terminal import printable
from glossator.docstring.codes import CODES, Code
from glossator.model import Severity

if TYPE_CHECKING:
    from glossator.documenter import PlacedFinding

    Findings = Sequence[tuple[str, PlacedFinding]]

SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(findings: Findings) -> str:
    """One line each: path:line:column: code message [symbol]."""
    return "".join(
        f"{printable(path)}:{f.line}:{f.column}: {f.code} {printable(f.message)} [{printable(f.symbol)}]\n"
        for path, f in findings
    )


def as_json(findings: Findings) -> str:
    """A list of objects; lines and columns count from 1."""
    return json.dumps([{"path": path, **_fields(f)} for path, f in findings], indent=2) + "\n"


def as_sarif(findings: Findings) -> str:
    """A log of the Static Analysis Results Interchange Format.

    Source: SARIF 2.1.0, OASIS standard.
    """
    codes = sorted({f.code for _, f in findings})
    driver = {"name": "Glossator", "version": __version__, "rules": [_sarif_rule(CODES[code]) for code in codes]}
    results = []
    met: Counter[tuple[str, ...]] = Counter()
    for path, f in findings:
        what = (_slashed(os.path.normpath(path)), f.symbol, f.code, f.message)
        met[what] += 1
        results.append(
            _sarif_result(path, f, codes.index(f.code)) | {"partialFingerprints": _fingerprints(*what, str(met[what]))}
        )
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def as_github(findings: Findings) -> str:
    """Workflow commands that GitHub shows as annotations beside the code.

    Columns are said within one line alone: GitHub refuses an annotation of several lines that has some.
    """
    lines = []
    for path, f in findings:
        place = {"file": _slashed(path), "line": str(f.line), "endLine": str(f.end_line)}
        if f.line == f.end_line:
            place |= {"col": str(f.column), "endColumn": str(f.end_column)}
        place["title"] = f"{f.code} {CODES[f.code].title}"
        properties = ",".join(f"{name}={_escape(value, ':,')}" for name, value in place.items())
        lines.append(f"::{_level(f.severity)} {properties}::{_escape(f.message)}\n")
    return "".join(lines)


FORMATS: Final[Mapping[str, Callable[[Findings], str]]] = MappingProxyType(
    {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github}
)


def _fields(finding: PlacedFinding) -> dict[str, object]:
    return {
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "symbol": finding.symbol,
        "code": finding.code,
        "message": finding.message,
        "fixable": finding.fixable,
    }


def _sarif_rule(code: Code) -> dict[str, object]:
    return {
        "id": code.code,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.explanation},
        "help": {"text": code.explanation},
        "defaultConfiguration": {"level": _sarif_level(code.severity.value)},
    }


def _fingerprints(*what: str) -> dict[str, str]:
    """What a finding is known by in the next run, wherever its lines have moved to.

    Not under GitHub's name primaryLocationLineHash: its uploader computes that one, and warns of any other value.
    """
    return {"glossator/v1": hashlib.blake2b("\0".join(what).encode("utf-8", "replace"), digest_size=16).hexdigest()}


def _sarif_result(path: str, finding: PlacedFinding, rule: int) -> dict[str, object]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    place = {"artifactLocation": {"uri": quote(os.fsencode(_slashed(path)))}, "region": region}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _sarif_level(finding.severity),
        "message": {"text": finding.message},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": finding.symbol}]},
        ],
    }


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _sarif_level(severity: str) -> str:
    return "note" if severity == Severity.HINT.value else "warning"


def _level(severity: str) -> str:
    return "notice" if severity == Severity.HINT.value else "warning"


def _escape(text: str, more: str = "") -> str:
    """Percent-encode what would end a workflow command or a property of it; what is no character becomes a "?"."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" or c in more else c for c in text)
