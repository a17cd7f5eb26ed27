"""Names in code spans that do not exist any more (GLS241).

A word in a code span may be anything: a value, a command, a name of another library. So a name is missed only where
it is known to have existed: it was renamed or taken away since the last known version, or is documented as a
parameter that the signature does not have.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from glossator.docstring.check.subject import Fault, Remove, Rename, Replace, Subject
from glossator.model import Span

# ``name``, `name`, :role:`name`, C{name}; the name may begin a dotted one or a call.
SPAN = re.compile(r"``(?P<double>[^`\n]+)``|`(?P<single>[^`\n]+)`|[CLM]\{(?P<epytext>[^}\n]+)\}")
# Not an option (--name), a variable of a shell ($name), a slot ({name}), a call (name(...)) or a keyword (name=...).
_NAME = re.compile(r"(?<![\w.'\"${@-])[^\W\d]\w*(?![\w(]|\s*=(?!=))")
_EXAMPLE = re.compile(r"[ \t]*(?:>>>|\.\.\. )")


def name_faults(subject: Subject, faults: Sequence[Fault]) -> Iterator[Fault]:
    """Mentions of names that are gone; `faults` are those found before, whose fix may change the mentions as well."""
    mended = {fault.fix.entry.name.lstrip("*") for fault in faults if isinstance(fault.fix, Rename)}
    removed = [fault.fix.entry for fault in faults if fault.code == "GLS202" and isinstance(fault.fix, Remove)]
    named = {entry.name.lstrip("*"): "" for entry in removed} | dict(subject.code.renamed())
    gone = {old: new for old, new in named.items() if old not in mended and not subject.code.mentions(old)}
    if not gone:
        return
    for span, name in mentions(subject.text, gone):
        if any(entry.span.start <= span.start < entry.span.end for entry in removed):
            continue
        new = gone[name]
        what = f"; it is `{new}` now" if new else ""
        yield Fault("GLS241", f"`{name}` does not exist any more{what}", span, Replace(span, new) if new else None)


def mentions(text: str, names: Container[str]) -> Iterator[tuple[Span, str]]:
    """The places in code spans where one of `names` stands; examples are not looked into."""
    for match in SPAN.finditer(text):
        if _EXAMPLE.match(text, text.rfind("\n", 0, match.start()) + 1):
            continue
        group = match.lastgroup or ""
        for one in _NAME.finditer(match[group]):
            if one[0] in names:
                start = match.start(group) + one.start()
                yield Span(start, start + len(one[0])), one[0]
