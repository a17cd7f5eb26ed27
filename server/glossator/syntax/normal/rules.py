"""The table that the walk follows: what is special about the kinds of nodes of tree-sitter-python.

Kinds that are not named here are written as they are: named nodes as a bracketed code, tokens as a word.
"""

from __future__ import annotations

from glossator.syntax.languages import ERROR_KIND, grammar
from glossator.syntax.normal import definitions, expressions, separators, statements, strings
from glossator.syntax.normal.walk import Do, Enter, Role, Rule, opening, token

_SKIPPED_NODES = frozenset(["comment", "line_continuation", "string_start", "string_end"])
_SKIPPED_TOKENS = frozenset(
    [
        *["(", ")", "]", "{", "}", ",", ";", "type", "await", "yield"],
        *["def", "class", "if", "elif", "else", "while", "for", "try", "except", "finally", "with", "return", "import"],
        *["lambda", "assert", "raise", "del", "global", "nonlocal", "match", "case", "and", "or"],
    ]
)
_WORDS = frozenset(
    [
        *["pass_statement", "break_statement", "continue_statement", "true", "false", "none", "ellipsis"],
        *["wildcard_import", "positional_separator", "keyword_separator"],
    ]
)
_AUGMENTED = frozenset(["+=", "-=", "*=", "/=", "@=", "//=", "%=", "**=", ">>=", "<<=", "&=", "^=", "|="])
_COMPREHENSIONS = frozenset(
    ["list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"]
)
_BINDING = separators.PARAMETERS | {
    "for_statement",
    "for_in_clause",
    "assignment",
    "augmented_assignment",
    "as_pattern_target",
    "splat_pattern",
}
_INHERITING = frozenset(["list", "list_pattern", "dictionary_splat_pattern"])
_TOKENS: dict[str, Enter] = {
    "=": separators.enter_equals,
    ":=": separators.enter_separator,
    ":": separators.enter_colon,
    "in": separators.enter_in,
    ".": separators.enter_dot,
    "as": separators.enter_as,
    "[": separators.enter_bracket,
    "*": separators.enter_star,
    "**": separators.enter_power,
}
_NODES: dict[str, Enter] = {
    "module": definitions.enter_module,
    "function_definition": definitions.enter_definition,
    "class_definition": definitions.enter_definition,
    "decorated_definition": definitions.enter_definition,
    "parameters": definitions.enter_parameters,
    "lambda_parameters": definitions.enter_parameters,
    "block": definitions.enter_block,
    "expression_statement": definitions.enter_expression_statement,
    "named_expression": definitions.enter_walrus,
    "elif_clause": statements.enter_elif,
    "delete_statement": statements.enter_delete,
    "with_clause": statements.enter_with_clause,
    "with_item": statements.enter_with_item,
    "dotted_name": statements.enter_dotted_name,
    "import_prefix": statements.enter_import_prefix,
    "match_statement": statements.enter_match,
    "case_clause": statements.enter_case,
    "case_pattern": statements.enter_case_pattern,
    "if_clause": statements.enter_guard,
    "tuple_pattern": statements.enter_tuple_pattern,
    "tuple": expressions.enter_tuple,
    "expression_list": expressions.enter_tuple,
    "pattern_list": expressions.enter_tuple,
    "parenthesized_expression": expressions.enter_transparent,
    "type": expressions.enter_transparent,
    "boolean_operator": expressions.enter_boolean,
    "binary_operator": expressions.enter_binary,
    "union_type": expressions.enter_binary,
    "subscript": expressions.enter_subscript,
    "generic_type": expressions.enter_generic,
    "type_parameter": expressions.enter_type_parameter,
    "slice": expressions.enter_slice,
    "argument_list": expressions.enter_arguments,
    "keyword_argument": expressions.enter_keyword,
    "dictionary_splat": expressions.enter_keyword,
    "integer": expressions.enter_number,
    "float": expressions.enter_number,
    "as_pattern": expressions.enter_as_pattern,
    "list_splat": expressions.enter_splat,
    "list_splat_pattern": expressions.enter_splat,
    "string": strings.enter_string,
    "concatenated_string": strings.enter_concatenated,
    "string_content": strings.enter_content,
    "interpolation": strings.enter_field,
    "format_expression": strings.enter_field,
    "type_conversion": strings.enter_conversion,
    "format_specifier": strings.enter_format,
}
_RENAMED = {
    "list_pattern": "list",
    "splat_type": "list_splat",
    "member_type": "attribute",
    "dictionary_splat_pattern": "list_splat",
}


def _token_rule(kind: str) -> Rule:
    """The rule for a token: many share their name with a kind of node (`lambda`, `type`)."""
    if kind in _TOKENS:
        return Rule(Do.CALL, enter=_TOKENS[kind])
    if kind in _AUGMENTED:
        return Rule(Do.CALL, enter=separators.enter_augmented)
    return Rule(Do.SKIP) if kind in _SKIPPED_TOKENS else Rule(Do.EMIT, token(kind))


def _node_rule(kind: str) -> Rule:
    """The rule for a kind of named node."""
    if kind in _NODES:
        return Rule(Do.CALL, enter=_NODES[kind])
    if kind in _SKIPPED_NODES:
        return Rule(Do.SKIP)
    if kind == "identifier":
        return Rule(Do.NAME)
    if kind in _COMPREHENSIONS:
        return Rule(Do.CALL, enter=definitions.enter_comprehension)
    if kind in _WORDS:
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
    is_named = python.language.node_kind_is_named
    rules = {
        number: _node_rule(kind) if is_named(number) else _token_rule(kind) for number, kind in python.kinds.items()
    }
    rules[ERROR_KIND] = Rule(Do.CALL, enter=statements.enter_error)
    return rules
