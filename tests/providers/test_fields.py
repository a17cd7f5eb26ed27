"""What holds for every description, whatever the source: it is one sentence or more, and nothing is left over in it."""

import re

from described import context
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.model import FieldKey, FieldKind
from glossator.providers.embedded import describe

NAMES = st.sampled_from(["p", "q", "count", "path", "names", "result", "self.items", "p.name", "q[0]", "p['key']"])
LITERALS = st.sampled_from(["0", "-1", "None", "True", "''", "'a: b'", "'a  b'", "[]", "{}", "{'a': 1}", "`p`", "b'x'"])
CALLEES = st.sampled_from(["open", "len", "max", "int", "g", "p.get", "q.append", "os.path.join", "make_error", "Tag"])
ATOMS = NAMES | LITERALS.filter(lambda text: "`" not in text)


def grown(inner):
    """Expressions of expressions."""
    operator = st.sampled_from(["+", "%", "/", "|", "<", "==", "in", "is not", "and", "or"])
    return (
        st.builds("{}({})".format, CALLEES, inner)
        | st.builds("{}({}, key={})".format, CALLEES, inner, inner)
        | st.builds("({} {} {})".format, inner, operator, inner)
        | st.builds("(not {})".format, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("[{} for q in {} if {}]".format, inner, inner, inner)
        | st.builds("({}, {})".format, inner, inner)
        | st.builds("(lambda p: {})".format, inner)
        | st.builds("f'{{{}}}'".format, st.sampled_from(["p", "q"]))
    )


EXPRESSIONS = st.recursive(ATOMS, grown, max_leaves=4)
SIMPLE = (
    st.builds("return {}".format, EXPRESSIONS)
    | st.builds("{} = {}".format, st.sampled_from(["p", "q", "x", "self.a", "p.a", "p[0]", "p, q"]), EXPRESSIONS)
    | st.builds("raise {}({})".format, st.sampled_from(["ValueError", "errors.Bad", "KeyError", "g"]), EXPRESSIONS)
    | st.builds("{}".format, EXPRESSIONS)
    | st.builds("yield {}".format, EXPRESSIONS)
    | st.sampled_from(["raise", "pass", "p += q", "del p[0]", "yield", "return"])
)


def nested(inner):
    """Statements around statements."""

    def indented(text):
        return "\n".join(f"    {line}" for line in text.splitlines())

    return (
        st.builds(lambda a, b: f"{a}\n{b}", inner, inner)
        | st.builds(lambda test, a: f"if {test}:\n{indented(a)}", EXPRESSIONS, inner)
        | st.builds(lambda test, a, b: f"if {test}:\n{indented(a)}\nelse:\n{indented(b)}", EXPRESSIONS, inner, inner)
        | st.builds(lambda source, a: f"for x in {source}:\n{indented(a)}", EXPRESSIONS, inner)
        | st.builds(lambda a, b: f"try:\n{indented(a)}\nexcept KeyError as e:\n{indented(b)}", inner, inner)
        | st.builds(lambda test, a: f"while {test}:\n{indented(a)}", EXPRESSIONS, inner)
        | st.builds(lambda source, a: f"match {source}:\n    case 1:\n{indented(indented(a))}", EXPRESSIONS, inner)
        | st.builds(lambda source, a: f"with {source} as q:\n{indented(a)}", EXPRESSIONS, inner)
    )


BODIES = st.recursive(SIMPLE, nested, max_leaves=4)
FUNCTION_NAMES = st.sampled_from(["f", "get_name", "is_open", "items", "_load", "__exit__", "parse_header", "x2"])


@settings(max_examples=250)
@given(FUNCTION_NAMES, BODIES)
def test_every_description_is_a_sentence(name, body):
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    found = context(f"class C:\n    def {name}(self, p, q=None, *rest):\n{lines}\n", f"C.{name}")
    keys = [FieldKey(FieldKind.PARAMETER, one.starred) for one in found.facts.parameters]
    keys += [FieldKey(FieldKind.RAISE, one.name) for one in found.facts.raises]
    keys += [FieldKey(FieldKind.RETURNS)] if found.facts.returns_value else []
    keys += [FieldKey(FieldKind.YIELDS)] if found.facts.is_generator else []
    for key, text in describe(found, keys, 80).items():
        assert_sentence(text)
        if key.kind in (FieldKind.RETURNS, FieldKind.YIELDS, FieldKind.RAISE):
            assert ": " not in re.sub(r"``.*?``", "", text), text


def assert_sentence(text):
    """It starts and ends like one, its code spans are closed, and no placeholder is left in its words."""
    assert text.count("``") % 2 == 0, text
    words = re.sub(r"``.*?``|\".*?\"", "X", text)
    assert re.match(r"[A-Z]", words), text
    assert words.endswith("."), text
    assert not words.endswith(".."), text
    assert "\n" not in text
    assert "  " not in words, text
    assert " ." not in words, text
    assert not re.search(r"[{}`]", words), text
