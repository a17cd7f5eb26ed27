"""Facts: what the tree says about a function, a class or a module. Strings only; nothing here runs or imports code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from tree_sitter import Node

from glossator.model import Attribute, ClassFacts, FunctionFacts, ModuleFacts, Parameter, ParameterKind, Span, Use
from glossator.syntax.body import read_body
from glossator.syntax.comments import header_comment, leading_comment, module_comment, trailing_comment
from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.flow import always_leaves
from glossator.syntax.reader import Body
from glossator.syntax.signatures import signature
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline

MAX_RETURNED: Final = 8
MAX_YIELDED: Final = 4
MAX_CALLS: Final = 24
MAX_LOOPS: Final = 4
MAX_ACTS: Final = 6
EMPTY: Final = frozenset(("[]", "{}", "set()", "list()", "dict()", "''", '""'))
READS_ALL: Final = ("locals", "vars", "eval", "exec", "dir")  # calls that may use any local name
# What a call reaches outside of the program, by the text of its callee.
EFFECTS: Final = {
    "files": (
        r"^(?:open|io\.open|shutil\.\w+|tempfile\.\w+"
        r"|os\.(?:remove|unlink|rename|replace|mkdir|makedirs|rmdir|listdir|scandir|stat|chmod|open|walk))$"
        r"|\.(?:read_text|write_text|read_bytes|write_bytes|unlink|mkdir|rmdir|touch|iterdir|rglob)$"
    ),
    "network": (
        r"^(?:socket\.|urllib\.request\.|http\.client\.|requests\.|httpx\.|aiohttp\.)"
        r"|\.(?:urlopen|sendall|recv|connect)$"
    ),
    "environment": r"^os\.(?:getenv|putenv|environ\b)",
    "processes": r"^(?:subprocess\.\w+|os\.(?:system|popen|exec\w+|spawn\w+|fork|kill))$",
}
_NAME: Final = re.compile(r"\w+")
_EFFECT: Final = re.compile("|".join(f"(?P<{what}>{pattern})" for what, pattern in EFFECTS.items()))
ENUM_BASES: Final = frozenset(("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"))
DATACLASS_DECORATORS: Final = frozenset(("dataclass", "pydantic_dataclass"))
ATTRS_DECORATORS: Final = frozenset(("define", "frozen", "mutable", "attrs", "s", "attributes", "dataclass_transform"))
EXCEPTION_BASE: Final = re.compile(r"(?:Error|Exception|Warning|Interrupt|Exit)$")
MAIN_GUARDS: Final = (b'__name__ == "__main__"', b"__name__ == '__main__'")


def function_facts(entry: Entry) -> FunctionFacts:
    """The facts of a function or method. Cost: one walk over its body."""
    document, node, symbol = entry.document, entry.node, entry.symbol
    parameters, returns = signature(document, node)
    receiver = ""
    if _is_bound(entry) and parameters and parameters[0].kind in (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY):
        receiver = parameters.pop(0).name
    block = node.child_by_field_name("body")
    names = tuple(parameter.name for parameter in parameters)
    body = read_body(document, block, names, receiver) if block is not None else Body()
    code = _code_of(document, block) if block is not None else None
    return FunctionFacts(
        name=symbol.name,
        parameters=tuple(_with_uses(one, _uses(one.name, body, document, code)) for one in parameters),
        receiver=receiver,
        returns=returns,
        returned=tuple(body.returned)[:MAX_RETURNED],
        returns_value=body.returns_value,
        yielded=tuple(body.yielded)[:MAX_YIELDED],
        is_generator=body.is_generator,
        is_async=document.text.startswith(b"async", node.start_byte),
        is_stub=block is None or _is_stub(document, block),
        is_nested=entry.is_nested,
        decorators=symbol.decorators,
        raises=tuple(body.raises),
        raises_unknown=body.raises_unknown,
        attributes=tuple(body.attributes.values()),
        calls=tuple(body.calls)[:MAX_CALLS],
        mutated=tuple(body.mutated),
        attribute_uses={name[1:]: tuple(uses) for name, uses in body.uses.items() if name[:1] == "."},
        globals_written=tuple(body.globals_written),
        assigned={name: values[0] for name, values in body.assigned.items() if _is_told(name, values, body)},
        results={name: values for name in body.assigned if _is_out(name, body) and (values := _given(name, body))},
        defined=tuple(name for name in body.defined if _is_out(name, body)),
        gathered={name: next(iter(loops)) for name, loops in body.changed.items() if _is_gathered(name, loops, body)},
        always_returns=block is not None and not body.returns_nothing and always_leaves(document, block),
        loops=tuple(body.loops)[:MAX_LOOPS],
        acts=tuple(body.acts)[:MAX_ACTS],
        touches=_touches(body.calls),
        awaits=body.awaits,
        idle=tuple(body.idle),
        comment=leading_comment(document, entry.outer) or header_comment(document, node),
    )


def _touches(calls: Iterable[str]) -> tuple[str, ...]:
    """What the calls reach outside of the program, in the order of EFFECTS."""
    found = {_touched(call) for call in calls}
    return tuple(what for what in EFFECTS if what in found)


@lru_cache(maxsize=2048)
def _touched(call: str) -> str | None:
    """What a call of this text reaches outside of the program; a few names make most calls."""
    match = _EFFECT.search(call)
    return match.lastgroup if match is not None else None


def _is_bound(entry: Entry) -> bool:
    """Whether the first parameter is given by the call's object."""
    return entry.owner is not None and entry.owner.is_class and "staticmethod" not in entry.symbol.decorators


def _with_uses(one: Parameter, uses: tuple[Use, ...]) -> Parameter:
    return Parameter(
        one.name, one.kind, one.annotation, one.default, one.comment, uses
    )  # `replace` takes 5 times as long


def _code_of(document: Document, block: Node) -> Span:
    """A body without its docstring, whose words are no code: with it a function has the facts that it has without."""
    statement = docstring_statement(document, block)
    return Span(statement.end_byte if statement is not None else block.start_byte, block.end_byte)


def _uses(name: str, body: Body, document: Document, code: Span | None) -> tuple[Use, ...]:
    """A parameter's uses; a mention where its name stands in the body but no handler knows what for."""
    uses = body.uses.get(name)
    if uses or code is None:
        return tuple(uses or ())
    if any(one in body.calls for one in READS_ALL):
        return (Use("mention"),)
    # The find is for speed: few names stand in a body without a use, and then mostly not at all.
    if document.text.find(name.encode(), code.start, code.end) < 0:
        return ()
    words = _NAME.findall(document.slice(code.start, code.end))
    return (Use("mention"),) if name in words else ()


def _is_told(name: str, values: list[str], body: Body) -> bool:
    """Whether a local name is assigned once, and returned or yielded."""
    return len(values) == 1 and bool(values[0]) and name not in body.changed and _is_out(name, body)


def _given(name: str, body: Body) -> tuple[str, ...]:
    """All that a local name is given; () where that is much, or not known."""
    values = dict.fromkeys(body.assigned[name])
    return tuple(values) if all(values) and len(values) <= MAX_RETURNED else ()


def _is_out(name: str, body: Body) -> bool:
    return name in body.returned or name in body.yielded


def _is_gathered(name: str, loops: Mapping[str, None], body: Body) -> bool:
    """Whether a local name starts empty and changes in one loop only."""
    return (
        len(loops) == 1 and "" not in loops and len(values := body.assigned.get(name, [])) == 1 and values[0] in EMPTY
    )


def _is_stub(document: Document, block: Node) -> bool:
    """Whether a body does nothing: `pass`, `...`, strings, `raise NotImplementedError`."""
    return all(_does_nothing(document, child) for child in block.named_children)


def _does_nothing(document: Document, statement: Node) -> bool:
    kinds = document.grammar.kinds
    kind = kinds[statement.kind_id]
    if kind in ("comment", "pass_statement"):
        return True
    if kind == "raise_statement":
        return b"NotImplementedError" in document.text[statement.start_byte : statement.end_byte]
    if kind != "expression_statement" or statement.named_child_count != 1:
        return False
    value = statement.named_children[0]
    strings = {"string": [value], "concatenated_string": value.named_children}.get(kinds[value.kind_id], [])
    if strings:
        return all(kinds[part.kind_id] != "interpolation" for one in strings for part in one.named_children)
    return kinds[value.kind_id] in ("ellipsis", "integer")


def class_facts(outline: Outline, entry: Entry, init: FunctionFacts | None) -> ClassFacts:
    """The facts of a class; `init` are those of its initializer (`initializer`)."""
    document, symbol = entry.document, entry.symbol
    written = tuple(bases(document, entry.node))
    methods = [member.name for member in outline.members(entry.path) if not member.is_class]
    init_entry = initializer(outline, entry)
    return ClassFacts(
        name=symbol.name,
        bases=written,
        form=_form(written, symbol.decorators),
        decorators=symbol.decorators,
        fields=tuple(_assigned(document, entry.node.child_by_field_name("body"), "class")),
        attributes=init.attributes if init is not None else (),
        methods=tuple(dict.fromkeys(methods)),
        init=init,
        init_documented=init_entry is not None and init_entry.symbol.docstring is not None,
        is_nested=entry.is_nested,
        comment=leading_comment(document, entry.outer),
    )


def initializer(outline: Outline, entry: Entry) -> Entry | None:
    """The `__init__` of a class; where it is overloaded, the one that is run."""
    found = [one for one in outline.members(entry.path) if one.name == "__init__" and not one.is_class]
    return next((one for one in found if "overload" not in one.symbol.decorators), found[0] if found else None)


def bases(document: Document, node: Node) -> Iterator[str]:
    """The bases of a class definition as they are written, and keyword arguments without blanks."""
    superclasses = node.child_by_field_name("superclasses")
    for child in superclasses.named_children if superclasses is not None else ():
        kind = document.grammar.kinds[child.kind_id]
        if kind == "keyword_argument":
            yield document.one_line(child).replace(" ", "")
        elif kind != "comment":
            yield document.one_line(child)


def _form(written: tuple[str, ...], decorators: tuple[str, ...]) -> str:
    """What kind of class it is, by its decorators and bases."""
    last = [base.split("[", 1)[0].split("(", 1)[0].rsplit(".", 1)[-1] for base in written]
    if not DATACLASS_DECORATORS.isdisjoint(decorators):
        return "dataclass"
    if not ATTRS_DECORATORS.isdisjoint(decorators):
        return "attrs"
    for base in last:
        if base in ("NamedTuple", "TypedDict", "Protocol"):
            return base.lower()
        if base in ENUM_BASES:
            return "enum"
    if "metaclass=ABCMeta" in written or "metaclass=abc.ABCMeta" in written or "ABC" in last:
        return "abstract"
    return "exception" if last and EXCEPTION_BASE.search(last[0]) else ""


def _assigned(document: Document, block: Node | None, origin: str) -> Iterator[Attribute]:
    """Names that a block assigns at its own level."""
    kinds = document.grammar.kinds
    seen: set[str] = set()
    for child in block.named_children if block is not None else ():
        if kinds[child.kind_id] != "expression_statement" or child.named_child_count != 1:
            continue
        node = child.named_children[0]
        left = node.child_by_field_name("left") if kinds[node.kind_id] == "assignment" else None
        if left is None or kinds[left.kind_id] != "identifier":
            continue
        name = document.slice(left.start_byte, left.end_byte)
        if name in seen:
            continue
        seen.add(name)
        annotation = document.one_line(node.child_by_field_name("type"))
        value = document.one_line(node.child_by_field_name("right"))
        comment = trailing_comment(document, node) or leading_comment(document, child)
        yield Attribute(name, annotation, value, comment, origin)


def module_facts(outline: Outline) -> ModuleFacts:
    """The facts of a module."""
    document, members = outline.document, outline.members(MODULE_PATH)
    folder_and_file = document.uri.rsplit("/", 2)
    stem = folder_and_file[-1].removesuffix(".pyi").removesuffix(".py")
    is_package = stem == "__init__"
    constants = tuple(_assigned(document, document.root, "module"))
    exports = next((attribute.value for attribute in constants if attribute.name == "__all__"), None)
    return ModuleFacts(
        name=folder_and_file[-2] if is_package and len(folder_and_file) > 1 else stem,
        classes=tuple(dict.fromkeys(member.name for member in members if member.is_class)),
        functions=tuple(dict.fromkeys(member.name for member in members if not member.is_class)),
        constants=constants,
        exports=None if exports is None else tuple(re.findall(r"[\"'](\w+)[\"']", exports)),
        imports=tuple(_imports(document)),
        is_script=_is_script(document),
        is_package=is_package,
        comment=module_comment(document),
    )


def _is_script(document: Document) -> bool:
    """Whether a module does something when it is run."""
    kinds, text = document.grammar.kinds, document.text
    tests = (child for child in document.root.named_children if kinds[child.kind_id] == "if_statement")
    return any(text.find(guard, one.start_byte, one.end_byte) >= 0 for one in tests for guard in MAIN_GUARDS)


def _imports(document: Document) -> Iterator[str]:
    """Names of the modules that a module imports at its top level."""
    for child in document.root.named_children:
        kind = document.grammar.kinds[child.kind_id]
        if kind == "import_statement":
            for name in child.named_children:
                yield document.one_line(name.child_by_field_name("name") or name)
        elif kind == "import_from_statement":
            yield document.one_line(child.child_by_field_name("module_name"))
