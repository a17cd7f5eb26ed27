"""Findings as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from glossator import __version__
from glossator.cli.terminal import printable
from glossator.model import Finding, Severity

if TYPE_CHECKING:
    from glossator.documenter import LocatedFinding

    Findings = Sequence[tuple[str, LocatedFinding]]

SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(findings: Findings) -> str:
    """One line each: path:line:column: code message [symbol]."""
    return "".join(
        f"{printable(path)}:{at.line}:{at.column}: {at.finding.code} {printable(at.finding.message)} "
        f"[{printable(at.finding.symbol)}]\n"
        for path, at in findings
    )


def as_json(findings: Findings) -> str:
    """A list of objects; lines and columns count from 1."""
    return json.dumps([{"path": path, **_fields(at)} for path, at in findings], indent=2) + "\n"


def as_sarif(findings: Findings) -> str:
    """A log of the Static Analysis Results Interchange Format.

    Source: SARIF 2.1.0, OASIS standard.
    """
    codes = sorted({at.finding.code for _, at in findings})
    driver = {
        "name": "Glossator",
        "version": __version__,
        "rules": [{"id": code} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(path, at, codes) for path, at in findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def as_github(findings: Findings) -> str:
    """Workflow commands that GitHub shows as annotations beside the code."""
    lines = []
    for path, at in findings:
        place = {
            "file": path,
            "line": str(at.line),
            "endLine": str(at.end_line),
            "col": str(at.column),
            "endColumn": str(at.end_column),
            "title": at.finding.code,
        }
        properties = ",".join(f"{name}={_escape(value, ':,')}" for name, value in place.items())
        lines.append(f"::{_level(at.finding)} {properties}::{_escape(at.finding.message)}\n")
    return "".join(lines)


FORMATS: Final[Mapping[str, Callable[[Findings], str]]] = MappingProxyType(
    {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github}
)


def _fields(at: LocatedFinding) -> dict[str, object]:
    finding = at.finding
    return {
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
        "symbol": finding.symbol,
        "code": finding.code,
        "message": finding.message,
        "fixable": finding.fixable,
    }


def _sarif_result(path: str, at: LocatedFinding, codes: Sequence[str]) -> dict[str, object]:
    finding = at.finding
    region = {
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    }
    place = {"artifactLocation": {"uri": quote(path.replace("\\", "/"))}, "region": region}
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": "note" if finding.severity is Severity.HINT else "warning",
        "message": {"text": finding.message},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": finding.symbol}]},
        ],
    }


def _level(finding: Finding) -> str:
    return "notice" if finding.severity is Severity.HINT else "warning"


def _escape(text: str, more: str = "") -> str:
    """Percent-encode what would end a workflow command or a property of it."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" or c in more else c for c in text)
