"""Exceptions: raised and undocumented (GLS221), documented and not raised any more (222).

What a callee raises may be documented as well, and the callee's code is mostly not at hand. So a documented exception
counts as not raised any more only where there is a trace of that: the last known version named it in its code, a
condition guards nothing any more, or nothing that the function does could raise anything. On 2,860 files of 27 packages
713 exceptions are documented and not raised in the function; nearly all of them are a callee's.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator

from glossator.docstring.check.subject import Add, Fault, Remove, Rename, Subject
from glossator.docstring.styles import Entry
from glossator.model import FieldKey, FieldKind, FunctionFacts, Raise, SymbolKind

# They say "not here" or "the end", and need no word.
OPTIONAL = frozenset(
    ["NotImplementedError", "AssertionError", "StopIteration", "StopAsyncIteration", "SystemExit", "KeyboardInterrupt"]
)
# Calls that raise nothing by themselves which is worth a word.
_HARMLESS = re.compile(
    r"^(?:len|isinstance|issubclass|hasattr|callable|repr|print|range|enumerate|zip|set|list|dict|tuple|frozenset|bool|id|"
    r"type|any|all|sorted|reversed|abs|sum|min|max|str|round|object|warnings\.warn|_?log(?:ger|ging)?\.\w+|time\.\w+|"
    r"(?:copy\.)?(?:deep)?copy)$"
    r"|\.(?:append|extend|add|get|items|keys|values|update|setdefault|join|l?r?strip|lower|upper|startswith|endswith|"
    r"format|copy|clear|insert|sort|reverse|replace|title|count|isdigit|isidentifier|discard|union|intersection|"
    r"difference|issubset|issuperset|appendleft|splitlines|r?partition|split)$"
)
# What Python raises by itself where no call is needed: by a look-up, an attribute, an operator.
_BY_ITSELF = frozenset(
    "AttributeError TypeError KeyError IndexError LookupError NameError ArithmeticError ZeroDivisionError "
    "OverflowError StopIteration StopAsyncIteration ImportError ModuleNotFoundError UnboundLocalError "
    "RecursionError MemoryError ValueError Exception BaseException KeyboardInterrupt AssertionError".split()
)
SHORT = 9  # letters: "Error" ends many names
FEW = 4  # calls that may raise: with more of them, one will be the source
_WORD = re.compile(r"\w+")
_KIND = re.compile(r"(?:Error|Exception|Warning)$")


def raise_faults(subject: Subject) -> Iterator[Fault]:
    """Faults of documented and undocumented exceptions."""
    function = subject.function
    if function is None or function.is_overload:
        return
    entries = [entry for entry in subject.entries(FieldKind.RAISE) if _last(entry.name).isidentifier()]
    is_class = subject.symbol.kind is SymbolKind.CLASS
    if is_class and not entries:
        return
    stale = [entry for entry in entries if _is_stale(subject, function, _last(entry.name))]
    fresh = list(_fresh(subject, function, entries)) if subject.reading.entries and subject.is_decided else []
    if len(stale) == len(fresh) == 1 and _is_replaced(subject, function, _last(stale[0].name)):
        entry, name = stale[0], fresh[0]
        message = f"`{name}` is raised, and `{entry.name}` is not any more"
        yield Fault("GLS222", message, entry.name_span, Rename(entry, name))
        return
    for entry in stale:
        # A handler that does nothing may have raised it, or may never have: no words are lost to a guess.
        fix = Remove(entry) if _was_taken_out(subject, function, _last(entry.name)) else None
        yield Fault("GLS222", f"`{entry.name}` is not raised here", entry.name_span, fix)
    for name in fresh:
        key = FieldKey(FieldKind.RAISE, name)
        yield Fault("GLS221", f"`{name}` is raised and not documented", subject.place_of(FieldKind.RAISE), Add(key))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _fresh(subject: Subject, function: FunctionFacts, entries: list[Entry]) -> Iterator[str]:
    """The exceptions that a body raises itself and the docstring does not name anywhere."""
    if function.is_stub or function.is_abstract:
        return
    documented = [_last(entry.name) for entry in entries]
    names = dict.fromkeys(one.name for one in function.raises if not _is_passed_on(one))
    raised = {_last(name) for name in names}
    # An exception of unknown bases may be a kind of a documented built-in one that is not raised itself.
    has_base = any(hasattr(builtins, one) and one not in raised for one in documented)
    words = set(_WORD.findall(subject.text))
    for name in names:
        last = _last(name)
        is_told = last in words or (has_base and not hasattr(builtins, last))
        if last not in OPTIONAL and not is_told and not any(covers(one, last) for one in documented):
            yield name


def _is_passed_on(one: Raise) -> bool:
    """Whether an exception was caught and is raised again: it is a callee's."""
    return one.cause == "reraise"


def covers(documented: str, raised: str) -> bool:
    """Whether a documented exception is the raised one, a built-in base of it, or one that is called much like it.

    An alias ends like the original, and a base of the project's own begins like what is derived from it.
    """
    base, derived = getattr(builtins, documented, None), getattr(builtins, raised, None)
    is_alias = base is None and derived is None and (documented.endswith(raised) or raised.endswith(documented))
    if documented == raised or (is_alias and min(len(documented), len(raised)) > SHORT):
        return True
    if not isinstance(base, type):
        stem = _KIND.sub("", documented)
        return len(stem) > 3 and not isinstance(derived, type) and raised.startswith(stem)
    return issubclass(derived, base) if isinstance(derived, type) else documented in ("Exception", "BaseException")


def _is_stale(subject: Subject, function: FunctionFacts, name: str) -> bool:
    """Whether a documented exception is not raised any more."""
    if function.is_stub or function.is_abstract:
        return False
    raised = [_last(one.name) for one in function.raises]
    if any(covers(name, one) or covers(one, name) for one in raised):
        return False
    if _was_taken_out(subject, function, name):
        return True
    if hasattr(builtins, name) and not all(hasattr(builtins, one) for one in raised):
        return False  # what is raised may be a kind of it
    if function.receiver and any(call.startswith(f"{function.receiver}.") for call in function.calls):
        return False  # a method of its own, which subclasses may replace
    others = sum(not _HARMLESS.search(call) for call in function.calls)
    is_left = others <= FEW and not function.raises_unknown and not function.decorators
    is_caught = is_left and "except" in function.idle and name not in OPTIONAL
    return is_caught and not any(_may_raise(callee, name) for callee in subject.callees)


def _may_raise(callee: FunctionFacts, name: str) -> bool:
    return callee.raises_unknown or any(covers(name, _last(one.name)) for one in callee.raises)


def _was_named(subject: Subject, name: str) -> bool:
    """Whether the last known version named an exception that the code does not name any more."""
    return subject.code.renamed().get(name) == ""


def _is_replaced(subject: Subject, function: FunctionFacts, name: str) -> bool:
    """Whether a new exception has taken the place of a documented one for certain."""
    return _was_named(subject, name) or _does_too_little(subject, function, name)


def _was_taken_out(subject: Subject, function: FunctionFacts, name: str) -> bool:
    """Whether there is a trace of an exception that was raised once, or nothing left that could raise it."""
    return "if" in function.idle or "pass" in function.idle or _is_replaced(subject, function, name)


def _does_too_little(subject: Subject, function: FunctionFacts, name: str) -> bool:
    """Whether nothing that a function does could raise an exception."""
    own = f"{function.receiver}." if function.receiver else "\0"
    is_harmless = all(_HARMLESS.search(call) and not call.startswith(own) for call in function.calls)
    # An attribute may be a property, whose setter looks at what it is given.
    does_little = is_harmless and not function.decorators and not function.attributes and not function.mutated
    if not does_little or function.raises_unknown or name in _BY_ITSELF | OPTIONAL:
        return False
    return isinstance(getattr(builtins, name, None), type) or subject.code.mentions(name)
