"""Templates make sections, and nothing else, in bounded time."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from threading import Thread

import pytest

from glossator.docstring.pages.markdown import Markdown, code
from glossator.docstring.pages.templates import Templates
from glossator.errors import ConfigError


@dataclass(frozen=True)
class View:
    name: str
    is_public: bool = True

    def shout(self) -> str:
        return self.name.upper()


def block(source: str) -> str:
    return f"{{% block a %}}{source}{{% endblock %}}"


def render(source: str, others: dict[str, str] | None = None, **data: object) -> str:
    page = Templates({"t.md.j2": source, **(others or {})}).page("t")
    return page.render(page.blocks[0], data)


def error(source: str, others: dict[str, str] | None = None, **data: object) -> str:
    with pytest.raises(ConfigError) as raised:
        render(source, others, **data)
    return str(raised.value)


def test_text_is_escaped_and_markdown_is_not():
    assert render(block("{{ x }} {{ y }} {{ 3 }}{{ z }}"), x="*a* <b>", y=code("c"), z=None) == "\\*a\\* &lt;b> `c` 3"


def test_what_macros_and_settings_make_is_escaped_once():
    source = "{% macro f(x) %}**{{ x }}**{% endmacro %}" + block("{% set y %}{{ f(x) }}{% endset %}{{ y }} {{ y ~ x }}")
    assert render(source, x="*a*") == "**\\*a\\*** **\\*a\\***\\*a\\*"


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ("x ~ '`'", "\\*a\\*\\`"),
        ("'<' ~ '!--'", "&lt;!--"),
        ("x + x", "\\*a\\*\\*a\\*"),
        ("'*'", "\\*"),
        ("x|upper", "\\*A\\*"),
        ("x|code", "`*a*`"),
        ("x|link('a.md')", "[\\*a\\*](a.md)"),
        ("x|link(none)", "\\*a\\*"),
        ("items|join(', ')", "\\*a\\*, b"),
        ("items|join('*')", "\\*a\\*\\*b"),
        ("views|join(', ', 'name')", None),
        ("views|map('name')|join('\n')", "one\nTwo"),
        ("views|selectattr('is_public')|length", "1"),
        ("(views|rejectattr('is_public')|first).name", "Two"),
        ("(views|sort('name')|last).name", "Two"),
        ("views[0].shout()", "ONE"),
        ("d|items|length", "1"),
        ("d.k", "v"),
        ("missing|default('-')", "\\-"),
        ("'a|b'|code|cell", "`a`\\|`b`"),
        ("'x\ny'|fenced('python')", "```python\nx\ny\n```"),
        ("7 % 3 * 2 - 1", "1"),
        ("'b' if 1 > 2", ""),
        ("'in' if 'b' in items", "in"),
        ("loop is defined", "False"),
    ],
)
def test_expressions(expression, want):
    views = [View("one"), View("Two", is_public=False)]
    data = {"x": "*a*", "items": ["*a*", "b"], "views": views, "d": {"k": "v"}}
    if want is None:
        assert "cannot be shown" in error(block(f"{{{{ {expression} }}}}"), **data)
    else:
        assert render(block(f"{{{{ {expression} }}}}"), **data) == want


def test_blocks_are_sections_in_order():
    page = Templates(
        {"t.md.j2": "{% block b %}B{% block inner %}i{% endblock %}{% endblock %}\n{% block a %}A{% endblock %}"}
    ).page("t")
    assert page.blocks == ("b", "a")
    assert (page.render("b", {}), page.render("a", {})) == ("Bi", "A")
    with pytest.raises(ConfigError, match="has no block inner; it has: b, a"):
        page.render("inner", {})


def test_a_template_overrides_blocks_of_another():
    base = (
        "{% macro m(x) %}<{{ x }}>{% endmacro %}{% block b %}{{ m('b') }}{% block inner %}i{% endblock %}{% endblock %}"
        "{% block a %}A{% endblock %}"
    )
    own = (
        "{% extends 'base.md.j2' %}{% set y = 'y' %}{% block a %}{{ super() }}{{ y }}{{ x }}{% endblock %}"
        "{% block inner %}I{% endblock %}{% block c %}C{% endblock %}"
    )
    page = Templates({"base.md.j2": base, "t.md.j2": own}).page("t")
    assert page.blocks == ("b", "a", "c")
    assert [page.render(name, {"x": 1}) for name in page.blocks] == ["<b>I", "Ay1", "C"]


def test_partial_templates_are_included_and_imported():
    others = {"_part.md.j2": "{{ x }}!", "_macros.md.j2": "{% macro m(x) %}_{{ x }}_{% endmacro %}"}
    source = "{% import '_macros.md.j2' as macros %}" + block("{% include '_part.md.j2' %} {{ macros.m(x) }}")
    assert render(source, others, x="*") == "\\*! _\\*_"
    assert Templates({"t.md.j2": "", **others}).kinds[-1:] == ("t",) or "t" in Templates({"t.md.j2": ""}).kinds


def test_the_users_templates_come_first_and_never_replace_ours():
    templates = Templates({"api.md.j2": block("mine"), "builtin/api.md.j2": block("stolen")})
    assert templates.page("api").render("a", {}) == "mine"
    assert "builtin/api.md.j2" not in templates._user


@pytest.mark.parametrize("kind", ["nothing", "", "../api", "a/b", "_part", "builtin/api"])
def test_an_unknown_kind_is_an_error_that_lists_the_known(kind):
    with pytest.raises(ConfigError, match=r"there is no page template .*; there are: .*mine"):
        Templates({"mine.md.j2": "", "_part.md.j2": ""}).page(kind)


@pytest.mark.parametrize(
    ("source", "want"),
    [
        (block("\n\n{{ y }}"), "t.md.j2, line 3: 'y' is undefined"),
        (block("\n{{ x.nothing }}"), "t.md.j2, line 2: "),
        (block("\n{{ y"), "t.md.j2, line 2: "),
        (block("\n{% for %}"), "t.md.j2, line 2: "),
        ("\ntext\n" + block(""), "t.md.j2, line 1: text outside of blocks"),
        ("\n{% for x in [1] %}{% block a %}{% endblock %}{% endfor %}", "t.md.j2, line 2: text outside"),
        (block("\n{{ x|nothing }}"), "t.md.j2, line 2: there is no filter nothing; there are: capitalize, cell"),
        (block("{{ x is nothing }}"), "t.md.j2, line 1: there is no test nothing"),
        (block("{% include 'nothing' %}"), "t.md.j2, line 1: there is no template nothing"),
        (block("{{ 1 / 0 }}"), "t.md.j2, line 1: division by zero"),
        (block("{{ 'a' < 1 }}"), "t.md.j2, line 1: "),
        ("{% extends x %}", "t.md.j2, line 1: the name of the extended template stands in quotes"),
        ("{% extends 'nothing' %}", "nothing"),
        ("{% extends 't.md.j2' %}", "extend each other"),
        ("{% macro m() %}\n{{ y }}{% endmacro %}" + block("\n\n{{ m() }}"), "t.md.j2, line 2: 'y' is undefined"),
    ],
)
def test_errors_name_file_and_line(source, want):
    assert want in error(source, x=View("x"))


DOUBLE = "{%% set n = namespace(x=%s) %%}{%% for i in range(99) %%}{%% set n.x = %s %%}{%% endfor %%}"
HOSTILE = {
    "endless": "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
    "filtered": "{% for a in range(10000) %}{% for b in range(10000) if false %}{% endfor %}{% endfor %}",
    "range": "{% for a in range(10000000) %}{% endfor %}",
    "large range": "{{ range(99999999999999999999)|length }}",
    "recursion": "{{ f(f) }}",
    "doubling": "{{ g(60) }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "times": "{{ 'x' * 10000000000 }}",
    "list times": "{{ [1] * 10000000000 }}",
    "squares": DOUBLE % ("9", "n.x * n.x"),
    "format": "{{ '%099999999d' % 1 }}",
    "method": "{{ 'x'.ljust(10000000000) }}",
    "format method": "{{ '{:>9999999999}'.format(1) }}",
    "bytes": "{{ x.name.encode().__class__ }}",
    "class": "{{ x.__class__.__mro__[1].__subclasses__() }}",
    "getitem": "{{ x['__class__'] }}",
    "attribute": "{{ x|attr('__class__') }}",
    "map": "{{ [x]|map('__class__')|first }}",
    "globals": "{{ namespace.__init__.__globals__ }}",
    "globals of a method": "{{ x.shout.__globals__ }}",
    "self": "{{ self.__init__.__globals__ }}",
    "cycler": "{{ cycler.__init__ }}",
    "joined": DOUBLE % ("'ab'", "n.x ~ n.x"),
    "added": DOUBLE % ("'ab'", "n.x + n.x"),
    "set": "{% set n = namespace(x='ab') %}{% for i in range(99) %}"
    "{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}{% endfor %}",
    "replaced": DOUBLE % ("'ab'", "n.x|replace('a', n.x)"),
    "lists": DOUBLE % ("[1]", "[n.x, n.x]") + "{{ n.x == n.x }}",
    "added lists": DOUBLE % ("[1]", "n.x + n.x"),
    "varargs": "{% macro m() %}{{ m(varargs, varargs) }}{% endmacro %}{{ m() }}",
    "stars": "{{ f(*[f]) }}",
    "output": "{% for i in range(10000) %}" + "x" * 1000 + "{% endfor %}",
    "macro output": "{% macro m() %}" + "x" * 9000 + "{% endmacro %}{% for i in range(999) %}"
    "{% set y = m() %}{% endfor %}",
    "straight line": "{% for i in range(10000) %}" + "{{ i }}" * 900 + "{% endfor %}",
    "passwd": "{% include '/etc/passwd' %}",
    "up": "{% include '../../../../etc/passwd' %}",
    "import": "{% from '/etc/passwd' import x %}",
    "unescaped": "{% autoescape false %}{{ x }}{% endautoescape %}",
    "undefined": "{{ nothing.at.all }}",
    "syntax": "{% if %}",
    "brackets": "{{ " + "(" * 5000 + ")" * 5000 + " }}",
    "sum": "{{ 1" + "+1" * 9000 + " }}",
    "ifs": "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "fors": "{% for x in [1] %}" * 40 + "{% endfor %}" * 40,
    "number": "{{ " + "9" * 100000 + " }}",
    "source": "x" * 300_000,
    "function": "{{ x.shout }}",
    "list": "{{ [1] }}",
    "recursive": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "sorted": "{% for a in range(10000) %}{% set y = range(10000)|sort %}{% endfor %}",
    "includes": "{% include '_a.md.j2' %}",
    "call": "{% call f(f) %}{% endcall %}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_an_error_with_its_place(name):
    macros = (
        "{% macro f(x) %}{{ x(x) }}{% endmacro %}"
        "{% macro g(n) %}{% if n %}{{ g(n - 1) }}{{ g(n - 1) }}{% endif %}{% endmacro %}"
    )
    message = error(
        macros + block(HOSTILE[name]), {"_a.md.j2": "{% include '_a.md.j2' %}{% include '_a.md.j2' %}"}, x=View("x")
    )
    assert message.startswith(("t.md.j2", "_a.md.j2"))
    assert len(message) < 700
    assert "root:" not in message


@pytest.mark.parametrize(
    "others",
    [{"b.md.j2": "{% extends 't.md.j2' %}"}, {f"{n}.md.j2": f"{{% extends '{n + 1}.md.j2' %}}" for n in range(20)}],
)
def test_templates_that_extend_each_other_are_an_error(others):
    assert "extend each other" in error(f"{{% extends '{next(iter(others))}' %}}", others)


def test_methods_of_data_that_change_it_are_refused():
    assert "unsafe" in error(block("{{ xs.append(1) }}"), xs=[])
    assert "unsafe" in error(block("{{ d.clear() }}"), d={})


def test_renderings_in_threads_have_budgets_of_their_own():
    page = Templates({"t.md.j2": block("{% for i in range(2000) %}{{ i }}{% endfor %}")}).page("t")
    texts: list[str] = []
    threads = [Thread(target=lambda: [texts.append(page.render("a", {})) for _ in range(4)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 16
    assert len(set(texts)) == 1


def test_a_rendering_is_bounded_as_often_as_it_is_made():
    page = Templates({"t.md.j2": block("{% for i in range(9999) %}{% endfor %}{{ range(9)|length }}")}).page("t")
    assert {page.render("a", {}) for _ in range(60)} == {"9"}


def test_jinja2_is_imported_when_a_template_is_made():
    program = (
        "import sys; from glossator.docstring.pages import markdown, mermaid, prose, regions, slugs, templates\n"
        "t = templates.Templates({'a.md.j2': ''}); t.kinds; assert 'jinja2' not in sys.modules\n"
        "t.page('a'); assert 'jinja2' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_result_is_markdown_without_blank_lines_around_it():
    page = Templates({"t.md.j2": block("\n\nx\n\n")}).page("t")
    assert page.render("a", {}) == "x"
    assert isinstance(page.render("a", {}), Markdown)
