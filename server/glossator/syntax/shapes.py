"""What is special about the kinds of nodes of tree-sitter-python: the table that the walk of `normal_form` follows.

Kinds that the table does not name are written as they are: named nodes as a bracketed code, tokens as a word. Each
function below enters a kind of node: it returns whether the walk goes on into it, and has then pushed a frame.
Names in comments are those of Python's `ast`.
"""

from __future__ import annotations

from tree_sitter import Node

from glossator.syntax.languages import ERROR_KIND, grammar
from glossator.syntax.literals import number_value
from glossator.syntax.normal_form import END, Do, Enter, Frame, Normaliser, Role, Rule, opening, text, token
from glossator.syntax.scopes import Entry, Region, Scope, ScopeKind
from glossator.syntax.strings_form import (
    enter_concatenated,
    enter_content,
    enter_conversion,
    enter_field,
    enter_format,
    enter_string,
    is_text,
)

_TUPLE = opening("tuple")
_LIST = opening("list")
_BLOCK = opening("block")
_SUBSCRIPT = opening("subscript")
_PASS = token("pass_statement")
_COLON = token(":")
_FORGOTTEN = b""  # stands where a docstring was, so that the next string is not taken for one
_PARAMETERS = frozenset({"default_parameter", "typed_parameter", "typed_default_parameter"})
_PATTERNS = frozenset({"case_pattern", "union_pattern", "keyword_pattern", "dict_pattern"})
_OPERAND_FIRST = frozenset(
    "call attribute subscript binary_operator comparison_operator and or conditional_expression".split() + ["subscript of a tuple"]
)
_OPERAND_LAST = frozenset("and or not_operator lambda conditional_expression".split())
_COMPREHENSIONS = ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")


def _has_comma(node: Node) -> bool:
    """Whether a comma is a direct child."""
    return node.child_count > 1 and any(child.type == "," for child in node.children)


def _transparent(walk: Normaliser, node: Node) -> bool:
    """Enter a node that leaves no trace itself, as brackets that only group."""
    walk.push("group", None, Role.INHERIT if node.type == "parenthesized_expression" else Role.LOAD)
    return True


def _open(walk: Normaliser, code: bytes, kind: str, leave: bytes = END, role: int = Role.LOAD) -> Frame:
    """Write a code and push the frame that closes it."""
    frame = walk.push(kind, leave, role)
    walk.out.append(code)
    return frame


# Definitions and scopes


def _definition(walk: Normaliser, node: Node) -> bool:
    """Enter a class, function or decorated definition; one in a class body or module is replaced by its digests."""
    kind = node.type
    is_member = bool(walk.frames) and walk.parent != "decorated_definition" and not walk.scope.is_inside_function
    if is_member:
        known = walk.known(node) if walk.known else None
        if known is not None:
            walk.out.append(_member(known))
            return False
    frame = walk.push(kind, _leave_member if is_member else END, Role.PIN if kind != "decorated_definition" else Role.LOAD)
    if is_member:
        frame.span = (node.start_byte, node.end_byte)
        walk.scope = Scope(ScopeKind.OUTER, None)
    if kind == "class_definition" or kind == "function_definition":
        _remember_own_name(walk, node)
    walk.out.append(opening(kind))
    return True


def _remember_own_name(walk: Normaliser, node: Node) -> None:
    """Note the name of the outermost definition, for calls of itself."""
    name = node.child_by_field_name("name")
    if name is not None and not walk.scope.region.own_name:
        walk.scope.region.own_name = b"\x03%s\x00" % walk.source[name.start_byte : name.end_byte]


def _leave_member(walk: Normaliser, frame: Frame) -> None:
    """Replace a finished definition by its digests."""
    walk.out.append(END)
    entries = walk.out[frame.start :]
    del walk.out[frame.start :]
    digests = walk.digests(entries, walk.scope.region)
    walk.out.append(_member(digests))
    if walk.learned is not None:
        walk.learned[frame.span] = digests


def _member(digests: tuple[bytes, bytes]) -> Entry:
    """The entry that stands for a nested definition."""
    return b"\x06" + digests[0], b"\x06" + digests[1]


def _parameters(walk: Normaliser, node: Node) -> bool:
    """Open a function's scope: its parameters are bound there, their defaults and annotations are read outside."""
    scope = Scope(ScopeKind.FUNCTION, walk.scope)
    if walk.frames:
        walk.frames[-1].note = scope
    _open(walk, opening(node.type), node.type, role=Role.BIND)
    walk.scope = scope
    return True


def _function_scope(walk: Normaliser) -> Scope:
    """The scope that the parameters of the innermost frame opened, or a new one if it has none."""
    note = walk.frames[-1].note if walk.frames else None
    return note if isinstance(note, Scope) else Scope(ScopeKind.FUNCTION, walk.scope)


def _block(walk: Normaliser, node: Node) -> bool:
    """Enter a block; that of a definition may begin with a docstring."""
    parent = walk.parent
    if parent == "function_definition" or parent == "class_definition":
        scope = _function_scope(walk) if parent == "function_definition" else Scope(ScopeKind.CLASS, walk.scope)
        _open(walk, _BLOCK, "body").leave = _leave_body
        walk.scope = scope
        return True
    _close_sequence(walk)
    _open(walk, _BLOCK, "block")
    return True


def _leave_body(walk: Normaliser, frame: Frame) -> None:
    """A body that was only a docstring means the same as `pass`."""
    if len(walk.out) == frame.start + 2 and walk.out[-1] == _FORGOTTEN:
        walk.out.append(_PASS)
    walk.out.append(END)


def _module(walk: Normaliser, node: Node) -> bool:
    """Enter a module, which may begin with a docstring, too."""
    _open(walk, opening("module"), "body")
    return True


def _expression_statement(walk: Normaliser, node: Node) -> bool:
    """Enter an expression as statement; with a comma it is a Tuple."""
    if _has_comma(node):
        _open(walk, _TUPLE, "tuple", END)
    else:
        walk.push("expression_statement", _leave_statement)
    return True


def _leave_statement(walk: Normaliser, frame: Frame) -> None:
    """Forget the statement if it is a docstring."""
    out = walk.out
    if len(out) == frame.start + 1 and walk.parent == "body" and frame.start == walk.frames[-1].start + 1 and is_text(out[-1]):
        out[-1] = _FORGOTTEN


def _comprehension(walk: Normaliser, node: Node) -> bool:
    """Enter a comprehension, which has a scope of its own."""
    _open(walk, opening(node.type), node.type)
    walk.scope = Scope(ScopeKind.COMPREHENSION, walk.scope)
    return True


def _walrus(walk: Normaliser, node: Node) -> bool:
    """Enter `name := value`: the name is bound outside of comprehensions."""
    _open(walk, opening("named_expression"), "named_expression", role=Role.BIND)
    scope = walk.scope
    while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
        scope = scope.parent
    walk.scope = scope
    return True


# Tokens that separate the parts of a node


def _equals(walk: Normaliser, node: Node) -> bool:
    """`=`: what follows is read; a default is read outside of the function."""
    if walk.parent == "interpolation":
        return False
    walk.out.append(token("="))
    return _separator(walk, node)


def _separator(walk: Normaliser, node: Node) -> bool:
    """`:=`, `=` and their kin: what follows is read."""
    if walk.frames:
        frame = walk.frames[-1]
        frame.role = Role.LOAD
        if frame.kind == "named_expression":
            walk.scope = frame.scope
        elif frame.kind in _PARAMETERS and frame.scope.parent is not None:
            walk.scope = frame.scope.parent
    return False


def _colon(walk: Normaliser, node: Node) -> bool:
    """`:` counts in slices only; after a parameter comes its annotation, after a lambda's head its body."""
    parent = walk.parent
    if parent == "slice":
        walk.out.append(_COLON)
    elif parent == "lambda":
        walk.scope = _function_scope(walk)
    else:
        _separator(walk, node)
    return False


def _augmented(walk: Normaliser, node: Node) -> bool:
    """`+=` and its kin."""
    walk.out.append(token(node.type))
    return _separator(walk, node)


def _in(walk: Normaliser, node: Node) -> bool:
    """`in`: what follows is read; a comprehension's first iterable is read outside of it."""
    walk.out.append(token("in"))
    scope = walk.scope
    if walk.parent == "for_in_clause" and scope.kind is ScopeKind.COMPREHENSION and not scope.has_clause:
        scope.has_clause = True
        walk.scope = scope.parent or scope
    return _separator(walk, node)


def _dot(walk: Normaliser, node: Node) -> bool:
    """`.`: what follows is no variable."""
    if walk.frames:
        walk.frames[-1].role = Role.VERBATIM
    return False


def _as(walk: Normaliser, node: Node) -> bool:
    """`as`: what follows is bound."""
    _close_operands(walk)
    walk.out.append(token("as"))
    if walk.frames:
        walk.frames[-1].role = Role.BIND
    return False


def _bracket(walk: Normaliser, node: Node) -> bool:
    """`[` of `x[a, b]`, which is `x[(a, b)]`."""
    if walk.parent == "subscript of a tuple":
        walk.out.append(_TUPLE)
    return False


# Statements


def _elif(walk: Normaliser, node: Node) -> bool:
    """`elif` is an `else` block with an `if` in it; all of these are closed where the outermost `if` is."""
    if walk.frames and isinstance(walk.frames[-1].leave, bytes):
        walk.frames[-1].leave += END * 3
    walk.out += (opening("else_clause"), _BLOCK, opening("if_statement"))
    walk.push("elif_clause", None)
    return True


def _delete(walk: Normaliser, node: Node) -> bool:
    """`del a, b` has two targets, `del (a, b)` one Tuple."""
    _open(walk, opening("delete_statement"), "delete_statement", role=Role.BIND)
    return True


def _with_clause(walk: Normaliser, node: Node) -> bool:
    """`with (a, b):` has two items, `with (a, b) as c:` and `with ((a, b)):` have one."""
    children = [child.type for child in node.children if not child.is_extra]
    _open(walk, opening("with_clause"), "with_clause").note = children == ["with_item"]
    return True


def _with_item(walk: Normaliser, node: Node) -> bool:
    """An item of `with`: if it is the only one, a Tuple directly in it was meant as several."""
    is_only = bool(walk.frames) and walk.frames[-1].note is True
    walk.push("only item" if is_only else "with_item", None)
    return True


def _dotted_name(walk: Normaliser, node: Node) -> bool:
    """A name in an import (verbatim; a plain import binds its first part) or in a pattern (a single one is bound)."""
    parent = walk.parent
    if parent in ("import_statement", "import_from_statement", "future_import_statement"):
        role = Role.PIN
    elif parent in ("aliased_import", "relative_import"):
        role = Role.VERBATIM
    elif parent == "class_pattern":
        role = Role.LOAD
    else:
        role = Role.BIND if node.child_count == 1 else Role.LOAD
    _open(walk, opening("dotted_name"), "dotted_name", role=role)
    return True


def _import_prefix(walk: Normaliser, node: Node) -> bool:
    """The dots of a relative import."""
    dots = walk.source[node.start_byte : node.end_byte].count(b".")
    walk.out.append(token("." * dots))
    return False


# Patterns


def _match(walk: Normaliser, node: Node) -> bool:
    """`match a, b:` matches a Tuple."""
    is_tuple = any(child.type == "," for child in node.children)
    _open(walk, opening("match_statement"), "open sequence" if is_tuple else "match_statement")
    if is_tuple:
        walk.out.append(_TUPLE)
    return True


def _case(walk: Normaliser, node: Node) -> bool:
    """`case a, b:` is `case [a, b]:`."""
    is_sequence = any(child.type == "," for child in node.children)
    _open(walk, opening("case_clause"), "open sequence" if is_sequence else "case_clause")
    if is_sequence:
        walk.out.append(_LIST)
    return True


def _case_pattern(walk: Normaliser, node: Node) -> bool:
    """A pattern leaves what is in it."""
    walk.push("case_pattern", None)
    return True


def _close_sequence(walk: Normaliser) -> None:
    """End the bare tuple of a `match` or `case`, which has no bracket of its own."""
    if walk.parent == "open sequence":
        walk.out.append(END)
        walk.frames[-1].kind = "closed sequence"


def _guard(walk: Normaliser, node: Node) -> bool:
    """`if` in a case or comprehension."""
    _close_sequence(walk)
    _open(walk, opening("if_clause"), "if_clause")
    return True


def _tuple_pattern(walk: Normaliser, node: Node) -> bool:
    """`(a)` groups, `(a,)` is a Tuple as a target and a sequence like `[a]` in a `case`."""
    parent = walk.parent
    if node.named_child_count == 1 and not _has_comma(node):
        if parent == "assignment" and _is_annotated_name(node):
            walk.out.append(token("not simple"))
        walk.push(parent, None, Role.INHERIT)
    else:
        _open(walk, _LIST if parent in _PATTERNS else _TUPLE, "tuple", role=Role.INHERIT)
    return True


def _is_annotated_name(node: Node) -> bool:
    """Whether this is the `(x)` of `(x): int`, which Python keeps apart from `x: int`."""
    assignment = node.parent
    while node.type == "tuple_pattern" and node.named_child(0) is not None:
        node = node.named_child(0) or node
    return node.type == "identifier" and assignment is not None and assignment.child_by_field_name("type") is not None


# Expressions


def _tuple(walk: Normaliser, node: Node) -> bool:
    """A tuple, with or without brackets."""
    if walk.parent == "only item" and node.type == "tuple" or walk.parent == "delete_statement" and node.type != "tuple":
        walk.push("items", None, Role.INHERIT)
    else:
        _open(walk, _TUPLE, "tuple", role=Role.INHERIT)
    return True


def _splat(walk: Normaliser, node: Node) -> bool:
    """`*f(x)`: outside of brackets the grammar reads `(*f)(x)`, so the star is moved to where Python sees it."""
    first = len(walk.frames)
    at = len(walk.out)
    while first and walk.frames[first - 1].kind in _OPERAND_FIRST and walk.frames[first - 1].start == at - 1:
        first, at = first - 1, at - 1
    is_moved = first < len(walk.frames)
    _insert(walk, first, at, opening("list_splat"), token("*"))
    if is_moved and isinstance(walk.frames[first].leave, bytes):
        walk.frames[first].leave += END
    walk.push("list_splat", None if is_moved else END, Role.INHERIT)
    return True


def _as_pattern(walk: Normaliser, node: Node) -> bool:
    """`with a if b else c as d`: the grammar reads `a if b else (c as d)`, Python `(a if b else c) as d`."""
    first = len(walk.frames)
    while first and walk.frames[first - 1].kind in _OPERAND_LAST:
        first -= 1
    at = walk.frames[first].start if first < len(walk.frames) else len(walk.out)
    _insert(walk, first, at, opening("as_pattern"))
    walk.push("as_pattern").note = first
    return True


def _close_operands(walk: Normaliser) -> None:
    """End the expressions that stand before an `as`, which their own nodes end too late."""
    first = walk.frames[-1].note if walk.parent == "as_pattern" else None
    if isinstance(first, int):
        for frame in reversed(walk.frames[first:-1]):
            if isinstance(frame.leave, bytes):
                walk.out.append(frame.leave)
                frame.leave = None


def _insert(walk: Normaliser, first: int, at: int, *codes: bytes) -> None:
    """Write codes before the entries of the frames from number `first` on."""
    walk.out[at:at] = codes
    for frame in walk.frames[first:]:
        frame.start += len(codes)


def _star(walk: Normaliser, node: Node) -> bool:
    """`*`, unless it was written with its operand."""
    if walk.parent != "list_splat":
        walk.out.append(token("*"))
    return False


def _boolean(walk: Normaliser, node: Node) -> bool:
    """`a and b and c` is one BoolOp, `(a and b) and c` are two."""
    operator = node.child_by_field_name("operator")
    kind = operator.type if operator is not None else "and"
    if walk.parent == kind:
        walk.push(kind, None)
    else:
        _open(walk, opening(kind), kind)
    return True


def _binary(walk: Normaliser, node: Node) -> bool:
    """An operation; `await a ** b` is `(await a) ** b`, whatever the grammar says."""
    if walk.parent != "await":
        _open(walk, opening("binary_operator"), "binary_operator")
        return True
    walk.frames[-1].leave = None
    walk.out[-1] = opening("binary_operator")
    _open(walk, opening("await"), "power of await")
    return True


def _power(walk: Normaliser, node: Node) -> bool:
    """`**`, before a mapping or between operands."""
    if walk.parent == "power of await":
        walk.out.append(END)
        walk.frames[-1].kind = "binary_operator"
    walk.out.append(token("**"))
    return False


def _subscript(walk: Normaliser, node: Node) -> bool:
    """`x[a, b]` and `x[*a]` are subscripts by a Tuple."""
    first = node.child_by_field_name("subscript")
    is_starred = first is not None and walk.source[first.start_byte : first.start_byte + 1] == b"*"
    is_tuple = is_starred or _has_comma(node)
    _open(walk, _SUBSCRIPT, "subscript of a tuple" if is_tuple else "subscript", END * 2 if is_tuple else END)
    return True


def _generic(walk: Normaliser, node: Node) -> bool:
    """`list[int]` in an annotation is a subscript."""
    _open(walk, _SUBSCRIPT, "generic_type")
    if walk.source[node.end_byte : node.end_byte + 1] in (b"[", b".", b"("):
        # The grammar ends annotations here and reads the rest as another statement; Python reads on.
        walk.out.append(token("cut"))
    return True


def _type_parameter(walk: Normaliser, node: Node) -> bool:
    """The brackets of `list[int]` or of `def f[T]`."""
    if walk.parent != "generic_type":
        _open(walk, opening("type_parameter"), "type_parameter")
    elif _has_comma(node) or node.named_child_count == 1 and walk.source[node.start_byte + 1 : node.start_byte + 2] == b"*":
        _open(walk, _TUPLE, "tuple")
    else:
        walk.push("group", None)
    return True


def _slice(walk: Normaliser, node: Node) -> bool:
    """`a:b:` is `a:b`."""
    _open(walk, opening("slice"), "slice").leave = _leave_slice
    return True


def _leave_slice(walk: Normaliser, frame: Frame) -> None:
    """Colons at the end say nothing."""
    while walk.out[-1] == _COLON:
        walk.out.pop()
    walk.out.append(END)


def _arguments(walk: Normaliser, node: Node) -> bool:
    """Arguments leave no trace themselves: `class A():` is `class A:`, and `f((x for x in y))` is `f(x for x in y)`."""
    walk.push("argument_list", _leave_arguments)
    return True


def _leave_arguments(walk: Normaliser, frame: Frame) -> None:
    """Keyword arguments come after positional ones, in their own order: `f(a=1, *b)` is `f(*b, a=1)`."""
    if isinstance(frame.note, list):
        walk.out += frame.note


def _keyword(walk: Normaliser, node: Node) -> bool:
    """`name=value` or `**mapping`."""
    is_splat = node.type == "dictionary_splat"
    frame = _open(walk, opening(node.type), node.type, role=Role.LOAD if is_splat else Role.VERBATIM)
    frame.leave = _leave_keyword
    return True


def _leave_keyword(walk: Normaliser, frame: Frame) -> None:
    """Put a keyword argument aside until its call is left."""
    walk.out.append(END)
    if walk.parent != "argument_list":
        return
    arguments = walk.frames[-1]
    entries = walk.out[frame.start :]
    del walk.out[frame.start :]
    if isinstance(arguments.note, list):
        arguments.note += entries
    else:
        arguments.note = entries
    keyword = entries[1]
    if isinstance(keyword, bytes) and frame.kind == "keyword_argument" and walk.frames[-2:-1]:
        callee = _callee(walk.out, walk.frames[-2].start + 1, arguments.start)
        if callee is not None:
            walk.scope.region.calls.append((callee, keyword))


def _callee(out: list[Entry], start: int, end: int) -> tuple[bytes, Scope] | bytes | None:
    """The name that is called, or the last attribute on the way to it."""
    first = out[start] if start < end else None
    if end == start + 1 and isinstance(first, tuple) and isinstance(first[1], Scope):
        return first[0], first[1]
    last = out[end - 2] if end - start > 2 else None
    return last if isinstance(last, bytes) else None


def _number(walk: Normaliser, node: Node) -> bool:
    """The value of a number."""
    walk.out.append(b"\x09%s\x00" % number_value(walk.source[node.start_byte : node.end_byte]))
    return False


def _error(walk: Normaliser, node: Node) -> bool:
    """What could not be parsed stands for itself, and no name near it is renamed."""
    walk.out.append(text(b"\x08", walk.source[node.start_byte : node.end_byte]))
    walk.scope.region.is_opaque = True
    return False


_SKIPPED = (
    "( ) ] { } , ; comment line_continuation string_start string_end def class if else while for try except finally with return import "
    "lambda assert raise del global nonlocal match case and or elif"
).split()
_WORDS = (
    "pass_statement break_statement continue_statement true false none ellipsis wildcard_import positional_separator keyword_separator"
).split() + ["not in", "is not"]
_AUGMENTED = "+= -= *= /= @= //= %= **= >>= <<= &= ^= |=".split()
_BINDING = ("for_statement", "for_in_clause", "assignment", "augmented_assignment", "as_pattern_target", "splat_pattern", *_PARAMETERS)
_INHERITING = ("list", "list_pattern", "dictionary_splat_pattern")
_ENTERED: dict[str, Enter] = {
    "=": _equals, ":=": _separator, ":": _colon, "in": _in, ".": _dot, "as": _as, "[": _bracket, "*": _star, "**": _power,
    "module": _module, "function_definition": _definition, "class_definition": _definition, "decorated_definition": _definition,
    "parameters": _parameters, "lambda_parameters": _parameters, "block": _block, "expression_statement": _expression_statement,
    "named_expression": _walrus, "elif_clause": _elif, "delete_statement": _delete, "with_clause": _with_clause, "with_item": _with_item,
    "dotted_name": _dotted_name, "import_prefix": _import_prefix, "match_statement": _match, "case_clause": _case, "case_pattern": _case_pattern, "if_clause": _guard,
    "tuple_pattern": _tuple_pattern, "tuple": _tuple, "expression_list": _tuple, "pattern_list": _tuple,
    "parenthesized_expression": _transparent, "type": _transparent, "boolean_operator": _boolean, "binary_operator": _binary,
    "union_type": _binary, "subscript": _subscript, "generic_type": _generic, "type_parameter": _type_parameter, "slice": _slice,
    "argument_list": _arguments, "keyword_argument": _keyword, "dictionary_splat": _keyword, "integer": _number, "float": _number,
    "string": enter_string, "concatenated_string": enter_concatenated, "string_content": enter_content, "interpolation": enter_field,
    "format_expression": enter_field, "type_conversion": enter_conversion, "format_specifier": enter_format, "ERROR": _error,
    "as_pattern": _as_pattern, "list_splat": _splat, "list_splat_pattern": _splat,
}  # fmt: skip
_RENAMED = {"list_pattern": "list", "splat_type": "list_splat", "member_type": "attribute",
            "dictionary_splat_pattern": "list_splat"}  # fmt: skip


def _rule(kind: str, is_named: bool) -> Rule:
    """The rule for one kind of node."""
    if kind in _ENTERED:
        return Rule(Do.CALL, enter=_ENTERED[kind])
    if kind in _SKIPPED:
        return Rule(Do.SKIP)
    if kind == "identifier":
        return Rule(Do.NAME)
    if kind in _COMPREHENSIONS:
        return Rule(Do.CALL, enter=_comprehension)
    if kind in _AUGMENTED:
        return Rule(Do.CALL, enter=_augmented)
    if kind in _WORDS or not is_named:
        return Rule(Do.EMIT, token(kind))
    return Rule(Do.DESCEND, opening(_RENAMED.get(kind, kind)), _role(kind), kind)


def _role(kind: str) -> int:
    """What identifiers directly in a node of this kind do there."""
    if kind in _BINDING:
        return Role.BIND
    if kind in _INHERITING:
        return Role.INHERIT
    if kind in ("global_statement", "nonlocal_statement"):
        return Role.PIN
    return Role.VERBATIM if kind in ("keyword_pattern", "aliased_import") else Role.LOAD


def python_rules() -> dict[int, Rule]:
    """The rule of every kind of node, by the grammar's numbers for them."""
    python = grammar("python")
    rules = {number: _rule(kind, python.language.node_kind_is_named(number)) for number, kind in python.kinds.items()}
    rules[ERROR_KIND] = Rule(Do.CALL, enter=_error)
    return rules
