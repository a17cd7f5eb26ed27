"""What the embedded provider writes in the fields of a function: short sources in, texts out."""

from textwrap import dedent, indent

from glossator.model import FieldKey, FieldKind
from glossator.providers.embedded import describe
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline


def function(body, parameters="p", before=""):
    """The source of a function `f` with a body."""
    return f"{dedent(before)}def f({parameters}):\n{indent(dedent(body).strip(), '    ')}\n"


def context(source, path="f"):
    """The context of a symbol of a source text."""
    return ContextReader(Outline(Document.open("example.py", dedent(source))), FactsMemo()).context(path)


def field(source, kind, name="", path="f"):
    """One description."""
    key = FieldKey(kind, name)
    return describe(context(source, path), [key], 80)[key]


def parameter(source, name="p", path="f"):
    """The description of a parameter."""
    return field(source, FieldKind.PARAMETER, name, path)


def returned(source, path="f"):
    """The description of what is returned."""
    return field(source, FieldKind.RETURNS, "", path)


def yielded(source, path="f"):
    """The description of what is yielded."""
    return field(source, FieldKind.YIELDS, "", path)


def raised(source, path="f"):
    """The descriptions of all exceptions by their names."""
    names = dict.fromkeys(one.name for one in context(source, path).facts.raises)
    return {name: field(source, FieldKind.RAISE, name, path) for name in names}
