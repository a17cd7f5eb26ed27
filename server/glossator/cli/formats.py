"""Findings as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from glossator import __version__
from glossator.cli.terminal import printable

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
    driver = {
        "name": "Glossator",
        "version": __version__,
        "rules": [{"id": code} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(path, f, codes.index(f.code)) for path, f in findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def as_github(findings: Findings) -> str:
    """Workflow commands that GitHub shows as annotations beside the code."""
    lines = []
    for path, f in findings:
        place = {
            "file": path,
            "line": str(f.line),
            "endLine": str(f.end_line),
            "col": str(f.column),
            "endColumn": str(f.end_column),
            "title": f.code,
        }
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


def _sarif_result(path: str, finding: PlacedFinding, rule: int) -> dict[str, object]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    place = {"artifactLocation": {"uri": quote(path.replace("\\", "/"))}, "region": region}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": {"notice": "note"}.get(_level(finding.severity), "warning"),
        "message": {"text": finding.message},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": finding.symbol}]},
        ],
    }


def _level(severity: str) -> str:
    return "notice" if severity == "hint" else "warning"


def _escape(text: str, more: str = "") -> str:
    """Percent-encode what would end a workflow command or a property of it."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" or c in more else c for c in text)
