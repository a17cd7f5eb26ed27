"""Facts: what the tree says about a function, a class or a module. Strings only; nothing here runs or imports the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from glossator.model import Attribute, ClassFacts, FunctionFacts, ModuleFacts, Parameter, ParameterKind, Use
from glossator.syntax.body import Body, BodyReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Entry, Outline

EFFECTS = {
    "files": re.compile(
        r"^(open|io\.open|os\.(remove|unlink|rename|replace|mkdir|makedirs|rmdir|listdir|scandir|stat|chmod|open|walk)|shutil\.\w+|tempfile\.\w+)$"
        r"|\.(read_text|write_text|read_bytes|write_bytes|unlink|mkdir|rmdir|touch|iterdir|rglob)$"
    ),
    "network": re.compile(r"^(socket\.|urllib\.request\.|http\.client\.|requests\.|httpx\.|aiohttp\.)|\.(urlopen|sendall|recv|connect)$"),
    "environment": re.compile(r"^os\.(getenv|putenv|environ\b)"),
    "processes": re.compile(r"^(subprocess\.\w+|os\.(system|popen|exec\w+|spawn\w+|fork|kill))$"),
}
ENUM_BASES = frozenset(("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"))
DATACLASS_DECORATORS = frozenset(("dataclass", "pydantic_dataclass"))
ATTRS_DECORATORS = frozenset(("define", "frozen", "mutable", "attrs", "s", "attributes", "dataclass_transform"))
EXCEPTION_BASE = re.compile(r"(?:Error|Exception|Warning|Interrupt|Exit)$")
TYPE_COMMENT = re.compile(r"#\s*type:\s*(.*)")
SIGNATURE_COMMENT = re.compile(r"^\((.*)\)\s*->\s*(.*)$")
NOISE_COMMENT = re.compile(r"^(?:type:|noqa|pragma|pylint|mypy|fmt|isort|flake8|nosec|pyright|ruff|[-=*#~_+]{2,}|!|@)|(?:TODO|FIXME|XXX|HACK|BUG)\b", re.IGNORECASE)


def function_facts(document: Document, entry: Entry) -> FunctionFacts:
    """The facts of a function or method."""
    node, symbol = entry.node, entry.symbol
    parameters = node.child_by_field_name("parameters")
    block = node.child_by_field_name("body")
    in_class = entry.owner is not None and entry.owner.is_class
    bound = in_class and "staticmethod" not in symbol.decorators
    signature = list(_parameters(document, parameters)) if parameters is not None else []
    receiver = ""
    if bound and signature and signature[0].kind in (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY):
        receiver = signature.pop(0).name
    returns = _text(document, node.child_by_field_name("return_type"))
    signature, returns = _with_type_comment(document, node, signature, returns)
    body = BodyReader(document, tuple(p.name for p in signature), receiver).read(block) if block is not None else Body()
    return FunctionFacts(
        name=symbol.name,
        parameters=tuple(_used(parameter, body.uses) for parameter in signature),
        receiver=receiver,
        returns=returns,
        returned=tuple(body.returned[:8]),
        returns_value=body.returns_value,
        yielded=tuple(body.yielded[:4]),
        is_generator=body.is_generator,
        is_async=any(child.type == "async" for child in node.children[:1]),
        is_stub=block is None or _is_stub(document, block),
        is_nested=symbol.is_nested,
        decorators=symbol.decorators,
        raises=tuple(body.raises),
        raises_unknown=body.raises_unknown,
        attributes=tuple(body.attributes.values()),
        calls=tuple(body.calls[:24]),
        mutated=tuple(body.mutated),
        attribute_uses={name[1:]: tuple(uses) for name, uses in body.uses.items() if name[0] == "."},
        globals_written=tuple(body.globals_written),
        assigned={name: values[0] for name, values in body.assigned.items() if len(values) == 1 and _is_given(name, body)},
        loops=tuple(body.loops[:4]),
        touches=tuple(what for what, pattern in EFFECTS.items() if any(pattern.search(call) for call in body.calls)),
        awaits=body.awaits,
        comment=leading_comment(document, entry.outer) or _first_comment(document, node),
    )


def _is_given(name: str, body: Body) -> bool:
    """Whether a local name is returned or yielded."""
    return name in body.returned or name in body.yielded


def _used(parameter: Parameter, uses: dict[str, list[Use]]) -> Parameter:
    return Parameter(
        parameter.name, parameter.kind, parameter.annotation, parameter.default, parameter.comment, tuple(uses.get(parameter.name, ()))
    )


def _text(document: Document, node: Node | None) -> str:
    """A node's source on one line."""
    if node is None:
        return ""
    text = document.slice(node.start_byte, node.end_byte)
    return " ".join(text.split()) if "\n" in text or "\r" in text else text


def _parameters(document: Document, node: Node) -> Iterator[Parameter]:
    """The parameters of a signature in order; bare stars only change the kind of what follows."""
    found: list[Parameter] = []
    keyword_only = False
    for child in node.named_children:
        kind = document.grammar.kinds[child.kind_id]
        if kind == "positional_separator":
            found = [Parameter(p.name, ParameterKind.POSITIONAL_ONLY, p.annotation, p.default, p.comment) for p in found]
        elif kind == "keyword_separator":
            keyword_only = True
        elif kind not in ("comment", "ERROR"):
            parameter = _parameter(document, child, keyword_only)
            if parameter is not None:
                keyword_only = keyword_only or parameter.kind is ParameterKind.VAR_POSITIONAL
                found.append(parameter)
    yield from found


def _parameter(document: Document, node: Node, keyword_only: bool) -> Parameter | None:
    target: Node | None = node.child_by_field_name("name")
    if target is None:
        target = node if node.type == "identifier" else node
        while target is not None and target.type == "typed_parameter":
            target = target.named_children[0] if target.named_child_count else None
    if target is None:
        return None
    kind = ParameterKind.KEYWORD_ONLY if keyword_only else ParameterKind.NORMAL
    if target.type in ("list_splat_pattern", "dictionary_splat_pattern"):
        kind = ParameterKind.VAR_POSITIONAL if target.type == "list_splat_pattern" else ParameterKind.VAR_KEYWORD
        target = target.named_children[0] if target.named_child_count else target
    if target.type != "identifier":
        return None
    value = node.child_by_field_name("value")
    return Parameter(
        _text(document, target),
        kind,
        _text(document, node.child_by_field_name("type")),
        _text(document, value) if value is not None else None,
        _parameter_comment(document, node),
    )


def _parameter_comment(document: Document, node: Node) -> str:
    """A comment behind the parameter on its line, where the line holds no other parameter."""
    line_end = document.text.find(b"\n", node.end_byte)
    rest = document.text[node.end_byte : line_end if line_end >= 0 else None].strip().lstrip(b",").strip()
    if not rest.startswith(b"#"):
        return ""
    start = document.text.rfind(b"\n", 0, node.start_byte) + 1
    if document.text[start : node.start_byte].strip():
        return ""
    return _comment_text(rest.decode("utf-8", "replace"))


def _comment_text(comment: str) -> str:
    """A comment without its signs; "" for directives, rulers and reminders."""
    text = comment.lstrip("#:").strip()
    return "" if NOISE_COMMENT.search(text) else text


def _with_type_comment(document: Document, node: Node, signature: list[Parameter], returns: str) -> tuple[list[Parameter], str]:
    """Annotations from a signature type comment (`# type: (int, str) -> bool`), where there are no others."""
    if returns or any(p.annotation for p in signature):
        return signature, returns
    for child in node.named_children:
        if child.type != "comment":
            continue
        found = TYPE_COMMENT.match(document.slice(child.start_byte, child.end_byte))
        match = SIGNATURE_COMMENT.match(found.group(1).strip()) if found else None
        if match:
            types = [t.strip().lstrip("*") for t in split_top_level(match.group(1))]
            if len(types) == len(signature) and types != ["..."]:
                signature = [Parameter(p.name, p.kind, t, p.default, p.comment) for p, t in zip(signature, types, strict=True)]
            return signature, match.group(2).strip()
    return signature, returns


def split_top_level(text: str, separator: str = ",") -> list[str]:
    """The parts of `a, b[c, d], e`, split at separators outside brackets; [] for an empty text."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    last = text[start:].strip()
    return [*parts, last] if last or parts else []


def _is_stub(document: Document, block: Node) -> bool:
    """Whether a body does nothing: `pass`, `...`, strings, `raise NotImplementedError`."""
    for child in block.named_children:
        kind = document.grammar.kinds[child.kind_id]
        if kind in ("comment", "pass_statement"):
            continue
        if kind == "expression_statement" and child.named_child_count == 1:
            value = child.named_children[0]
            if value.type in ("ellipsis", "integer") or (value.type.endswith("string") and "interpolation" not in str(value)):
                continue
        if kind == "raise_statement" and "NotImplementedError" in _text(document, child):
            continue
        return False
    return True


def leading_comment(document: Document, node: Node) -> str:
    """The comment lines directly above a definition, as one text."""
    lines: list[str] = []
    line = document.lines.line_of(node.start_byte)
    column = node.start_byte - document.lines.start(line)
    while line:
        start = document.lines.start(line - 1)
        content = document.text[start : document.lines.start(line)]
        stripped = content.strip()
        if not stripped.startswith(b"#") or content.find(b"#") != column:
            break
        lines.append(stripped.decode("utf-8", "replace"))
        line -= 1
    return join_comment(reversed(lines))


def join_comment(lines: Iterator[str] | list[str]) -> str:
    """Comment lines as one text; "" if one of them is a directive or reminder."""
    texts = [line.lstrip("#:").strip() for line in lines]
    if any(NOISE_COMMENT.search(text) for text in texts if text):
        return ""
    return " ".join(text for text in texts if text)


def _first_comment(document: Document, node: Node) -> str:
    """A comment between the header and the body that a blank line parts from the first statement: it is about the whole."""
    comments = [child for child in node.named_children if child.type == "comment"]
    if not comments or re.match(rb"[ \t]*(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)", document.text[comments[-1].end_byte : comments[-1].end_byte + 80]) is None:
        return ""
    return join_comment([_text(document, child) for child in comments])


def class_facts(document: Document, outline: Outline, entry: Entry) -> ClassFacts:
    """The facts of a class."""
    symbol = entry.symbol
    bases = tuple(_bases(document, entry.node))
    members = outline.members(entry.path)
    init = next((member for member in members if member.symbol.name == "__init__" and not member.is_class), None)
    form = _form(bases, symbol.decorators, symbol.name)
    names = dict.fromkeys(member.symbol.name for member in members if not member.is_class)
    init_facts = function_facts(document, init) if init is not None else None
    return ClassFacts(
        name=symbol.name,
        bases=bases,
        form=form,
        decorators=symbol.decorators,
        fields=tuple(_assigned(document, entry.node.child_by_field_name("body"), "class")),
        attributes=init_facts.attributes if init_facts is not None else (),
        methods=tuple(names),
        init=init_facts,
        init_documented=init is not None and init.symbol.docstring is not None,
        is_nested=symbol.is_nested,
        comment=leading_comment(document, entry.outer),
    )


def _bases(document: Document, node: Node) -> Iterator[str]:
    superclasses = node.child_by_field_name("superclasses")
    for child in superclasses.named_children if superclasses is not None else ():
        if child.type not in ("comment", "keyword_argument"):
            yield _text(document, child)
        elif child.type == "keyword_argument":
            yield _text(document, child).replace(" ", "")


def _form(bases: tuple[str, ...], decorators: tuple[str, ...], name: str) -> str:
    """What kind of class it is, by its decorators, bases and, for exceptions, names."""
    last = [base.split("[", 1)[0].split("(", 1)[0].rsplit(".", 1)[-1] for base in bases]
    if DATACLASS_DECORATORS & set(decorators):
        return "dataclass"
    if ATTRS_DECORATORS & set(decorators):
        return "attrs"
    for base in last:
        for form in ("NamedTuple", "TypedDict", "Protocol"):
            if base == form:
                return form.lower()
        if base in ENUM_BASES:
            return "enum"
    if "metaclass=ABCMeta" in bases or "metaclass=abc.ABCMeta" in bases or "ABC" in last:
        return "abstract"
    if last and EXCEPTION_BASE.search(last[0]):
        return "exception"
    return ""


def _assigned(document: Document, block: Node | None, origin: str) -> Iterator[Attribute]:
    """Names that a block assigns at its own level."""
    seen: set[str] = set()
    for child in block.named_children if block is not None else ():
        node = child.named_children[0] if child.type == "expression_statement" and child.named_child_count == 1 else None
        if node is None or node.type != "assignment":
            continue
        left = node.child_by_field_name("left")
        if left is None or left.type != "identifier":
            continue
        name = _text(document, left)
        if name not in seen:
            seen.add(name)
            comment = _behind(document, node) or leading_comment(document, child)
            value = _text(document, node.child_by_field_name("right"))
            yield Attribute(name, _text(document, node.child_by_field_name("type")), value, comment, origin)


def _behind(document: Document, node: Node) -> str:
    end = document.text.find(b"\n", node.end_byte)
    rest = document.text[node.end_byte : end if end >= 0 else None].strip()
    return _comment_text(rest.decode("utf-8", "replace")) if rest.startswith(b"#") else ""


def module_facts(document: Document, outline: Outline) -> ModuleFacts:
    """The facts of a module."""
    root = document.root
    path = document.uri.rsplit("/", 2)
    stem = path[-1].removesuffix(".pyi").removesuffix(".py")
    is_package = stem == "__init__"
    constants = tuple(_assigned(document, root, "module"))
    members = outline.members("<module>")
    exports = next((attribute.value for attribute in constants if attribute.name == "__all__"), None)
    return ModuleFacts(
        name=path[-2] if is_package and len(path) > 1 else stem,
        classes=tuple(dict.fromkeys(m.symbol.name for m in members if m.is_class)),
        functions=tuple(dict.fromkeys(m.symbol.name for m in members if not m.is_class)),
        constants=constants,
        exports=None if exports is None else tuple(re.findall(r"[\"'](\w+)[\"']", exports)),
        imports=tuple(_imports(document, root)),
        is_script=b'__name__ == "__main__"' in document.text or b"__name__ == '__main__'" in document.text,
        is_package=is_package,
        comment=_header_comment(document),
    )


def _imports(document: Document, root: Node) -> Iterator[str]:
    """Names of the modules that a module imports at its top level."""
    for child in root.named_children:
        if child.type == "import_statement":
            for name in child.named_children:
                target = name.child_by_field_name("name") or name
                yield _text(document, target)
        elif child.type == "import_from_statement":
            yield _text(document, child.child_by_field_name("module_name"))


def _header_comment(document: Document) -> str:
    """The first comment block of a module, unless it is a licence, a cookie or a shebang."""
    lines: list[str] = []
    for child in document.root.named_children:
        if child.type != "comment":
            break
        text = _text(document, child)
        if text.startswith("#!") or "coding" in text[:30]:
            continue
        lines.append(text)
    joined = join_comment(lines)
    return "" if re.search(r"copyright|licen[cs]e|spdx|author|reserved", joined, re.IGNORECASE) else joined



