"""Packages that try to break pages: what they say stays text, and everything comes to an end."""

from html.parser import HTMLParser

import markdown
import pytest

from glossator.cli.main import main
from glossator.docstring.pages.regions import parse

EVIL = (
    "<script>alert(1)</script> [click](javascript:alert(1)) ![x](data:text/html,x) | pipe | {{ 7*7 }} {% raw %} "
    "<img src=x onerror=alert(1)> &lt;b&gt; `<i>` **b\n\n## Heading\n\n~~~\nfence\n\n<!-- glossator:end evil.f -->\n"
    "<!-- glossator:begin x facts=0000000000000000 text=0000000000000000 -->\n\n:::{include} /etc/passwd\n:::\n"
)
LOOP = "{% for one in range(10000) %}"
SAFE = {"p", "code", "pre", "strong", "em", "ul", "ol", "li", "a", *(f"h{level}" for level in range(1, 7))}


class Tags(HTMLParser):
    """The tags of a text, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.targets = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.targets += [value for name, value in attrs if name in ("href", "src")]
        assert all(name in ("href", "class", "id") for name, _ in attrs), attrs


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A package whose modules import each other in a circle, with texts that are markup for somebody."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "__init__.py").write_text(f'"""{EVIL}"""\nfrom evil.a import *\nfrom evil.b import B\n')
    fields = "Args:\n        x: <img src=x> | `a`\n\n    Raises:\n        ValueError: {{ 7*7 }}\n"
    (folder / "a.py").write_text(
        f'from evil.b import *\nfrom evil import b\n\n\ndef f(x="<b>", *a, y="|", **k: "`x` <i>") -> "<u>":\n'
        f'    """{EVIL}\n\n    {fields}    """\n\n\n'
        f'class A(b.B):\n    """{EVIL}"""\n\n    LIMIT = "<script>"\n'
    )
    (folder / "b.py").write_text(
        "from evil.a import *\nfrom evil import a\n\n\nclass B(a.A):\n    pass\n\n\n"
        '__all__ = a.__all__ + ["B", "gone", "<b>"]\n'
    )
    (folder / "broken.py").write_text('def f(:\n  class\n"""')
    (folder / "binary.py").write_bytes(b"\0\1\2")
    (folder / "latin.py").write_bytes(b'"""\xe9\xff"""\n')
    (folder / "bidi.py").write_text(
        '"""Bidi \u202e\u2066 \ue0000123456789abcdef\ue001 text."""\n\ndef ünïcödé(x): "\u202e"\n'
    )
    many, name, words = ", ".join(f"p{number}" for number in range(500)), "n" * 5000, "word " * 9000
    long = f'def {name}(x):\n    return x\n\n\ndef g({many}):\n    """{words}"""\n'
    (folder / "long.py").write_text(f'"""Long."""\n\n\n{long}')
    return folder


@pytest.mark.parametrize("kind", ["api", "module", "readme"])
def test_hostile_texts_stay_texts(evil, kind):
    assert main(["page", kind, "evil", "-o", "page.md"]) == 0
    text = (evil.parent / "page.md").read_text()
    assert not parse(text).problems
    html = markdown.markdown(text, extensions=["toc", "tables", "fenced_code"])
    found = Tags(html)
    assert found.tags <= SAFE
    assert all(target.startswith("#") for target in found.targets)
    assert "\u202e" not in text
    assert "\ue000" not in text
    assert main(["page", "update", "page.md", "--check"]) == 0


def test_a_folder_of_them_is_true_as_soon_as_it_is_made(evil, capsys):
    assert main(["page", "api", "evil", "-o", "docs/"]) == 0
    assert main(["page", "update", "docs", "--check"]) == 0
    assert "binary.py: not worked on" in capsys.readouterr().err


def test_2000_symbols_are_described_in_linear_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    functions = "\n\n".join(f'def function_{n}(value, other={n}):\n    """Do {n}."""\n' for n in range(1000))
    classes = "\n\n".join(f"class Class{n}:\n    def method(self, x):\n        return x * {n}\n" for n in range(1000))
    (tmp_path / "many.py").write_text(f'"""Many."""\n\n\n{functions}\n\n{classes}')
    assert main(["page", "api", "many.py", "-o", "many.md"]) == 0
    assert len(parse((tmp_path / "many.md").read_text()).regions) == 2002


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            f"{LOOP}{LOOP}{LOOP}{{% endfor %}}{{% endfor %}}{{% endfor %}}",
            "line 1",
        ),
        ("{{ ''.__class__.__mro__ }}", "line 1"),
        ("{{ 'x' * 10000000000 }}", "line 1"),
        ("{% include '/etc/passwd' %}", "passwd"),
        ("{{ nothing.here }}", "nothing"),
        ("{{ module._surface }}", "_surface"),
    ],
)
def test_a_hostile_template_is_an_error_with_its_place(evil, capsys, template, said):
    own = evil.parent / ".glossator" / "pages"
    own.mkdir(parents=True)
    (own / "own.md.j2").write_text(f"{{% block own %}}{template}{{% endblock %}}")
    assert main(["page", "own", "evil", "-o", "page.md"]) == 2
    error = capsys.readouterr().err
    assert "own.md.j2" in error
    assert said in error
    assert not (evil.parent / "page.md").exists()
