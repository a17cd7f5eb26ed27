import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

CASES = [
    (
        "def parse_header(line): return line.split(':')",
        "parse_header",
        "Parse the header and return the parts of ``line``.",
    ),
    ("class Status:\n    def stop(self): self._live.stop()", "Status.stop", "Stop the status by stopping ``_live``."),
    (
        "class Group:\n    def add_child(self, child): self.children.append(child)",
        "Group.add_child",
        "Add a child by appending ``child`` to ``children``.",
    ),
    ("class File:\n    def write(self, data): self._out.write(data)", "File.write", "Write ``data`` to ``_out``."),
    ("def is_ready(task): return task.state == 'on'", "is_ready", "Tell whether ``task.state`` equals ``'on'``."),
    ("def check_size(n): return n > 3", "check_size", "Tell whether ``n`` is greater than ``3``."),
    (
        "def clear_cache(folder):\n    shutil.rmtree(folder)",
        "clear_cache",
        "Clear the cache by deleting the directory tree ``folder``.",
    ),
    ("def str2bytes(s): return s.encode()", "str2bytes", "Convert a string to bytes and return ``s`` as bytes."),
    ("def safe_load(stream): return load(stream, Safe)", "safe_load", "Load ``stream`` safely."),
    (
        "@contextmanager\ndef connection(url):\n    yield connect(url)",
        "connection",
        "Provide the connection for a ``with`` block, given ``url``.",
    ),
    (
        "class Client:\n    def get(self, url, **options): return self.request('GET', url, **options)",
        "Client.get",
        "Call ``request`` with ``'GET'`` and pass everything on.",
    ),
    (
        "class Mail:\n    def head(self, n, m): return self.send('HEAD', n, n)",
        "Mail.head",
        "Return the head with ``send``.",
    ),
    (
        "class Mail:\n    def head(self, n): return self.send('HEAD', n) or self.n",
        "Mail.head",
        "Return ``self.send('HEAD', n)``, or where that is empty ``n``.",
    ),
    (
        "class Text:\n    def pad(self, width, character=' '): self.plain += character * width",
        "Text.pad",
        "Pad the text, given ``width`` and ``character``.",
    ),
    (
        "class Text:\n    def drop(self, amount, reason): self.log(reason)",
        "Text.drop",
        "Drop ``reason`` by calling ``log``.",
    ),
    ("class Task:\n    def end(self): self.done.notify()", "Task.end", "End the task by waking a waiter of ``done``."),
    (
        "class Task:\n    def end(self, t): self.lsp.notify('end', t)",
        "Task.end",
        "End ``t`` with ``lsp.notify``.",
    ),
    ("class Mail:\n    def noop(self): return self.send('noop')", "Mail.noop", "Call ``send`` with ``'noop'``."),
    (
        "class Mail:\n    def head(self, n): return self.send('HEAD', n)",
        "Mail.head",
        "Call ``send`` with ``'HEAD'`` and ``n``.",
    ),
    ("class Mail:\n    def head(self, n): return self.send('HEAD', 1)", "Mail.head", "Return the head with ``send``."),
    (
        "class Mail:\n    def rename(self, a): return self.send('RENAME', a)",
        "Mail.rename",
        "Rename ``a`` with ``send``.",
    ),
    (
        "class Text:\n    def pad(self, count, character=' '): self.plain += character * count",
        "Text.pad",
        "Pad the text, given ``character``.",
    ),
    ("def clear():\n    if not isatty(out): return\n    echo('x')", "clear", "Clear with ``echo``."),
    (
        "@contextmanager\ndef without_callers():\n    yield",
        "without_callers",
        "Provide a ``with`` block without callers.",
    ),
    (
        "def list_templates():\n    raise TypeError('no')",
        "list_templates",
        "Refuse to list templates by raising ``TypeError``.",
    ),
    (
        "class Link:\n    def connection_made(self, t):\n        self._start_handshake()",
        "Link.connection_made",
        "React when the connection is made by starting the handshake.",
    ),
    (
        "class Names:\n    def visit_Name(self, node): self.names.add(node.id)",
        "Names.visit_Name",
        "Visit a ``Name`` node by adding ``node.id`` to ``names``.",
    ),
    (
        "class Tree:\n    @abstractmethod\n    def get_icon(self): ...",
        "Tree.get_icon",
        "Get the icon, as each subclass defines it.",
    ),
    ("def main():\n    sys.exit(run())", "main", "Run the program through ``run``."),
    ("def get_user(n): return User(n)", "get_user", "Return a new ``User`` for ``n``."),
]


@pytest.mark.parametrize(("source", "path", "wanted"), CASES, ids=[path for _, path, _ in CASES])
def test_a_summary_says_what_the_name_and_the_body_say(summary, source, path, wanted):
    assert summary(source, path) == wanted


PROPERTIES = [
    ("@property\n    def size(self): return len(self._items)", "size", "The number of items in ``_items``."),
    ("@property\n    def path(self): return self._path", "path", "The path that the file was created with."),
    ("@property\n    def is_open(self): return self._fd > 0", "is_open", "Whether ``_fd`` is positive."),
    ("@property\n    def closed(self) -> bool: return self._a(1, 2, 3)", "closed", "Whether the file is closed."),
    (
        "@cached_property\n    def total(self): return sum(self.counts)",
        "total",
        "The sum of ``counts``, computed once and then kept.",
    ),
]


@pytest.mark.parametrize(("body", "name", "wanted"), PROPERTIES, ids=[name for _, name, _ in PROPERTIES])
def test_a_property_reads_as_an_attribute(summary, body, name, wanted):
    source = f"class File:\n    def __init__(self, path): self._path = path\n    {body}"
    assert summary(source, f"File.{name}") == wanted


DUNDERS = [
    ("def __eq__(self, other): return self.x == other.x", "Tell whether this equals another object, by ``x``."),
    ("def __enter__(self): return self", "Enter the ``with`` block with the point itself."),
    ("def __init__(self, x, y): self.x = x; self.y = y", "Initialize the point with its x and y."),
    ("def __len__(self): return len(self.items)", "Return the number of items in ``items``."),
]


@pytest.mark.parametrize(("body", "wanted"), DUNDERS)
def test_protocol_methods_say_what_the_protocol_asks(summary, body, wanted):
    name = re.search(r"def (\w+)", body).group(1)
    assert summary(f"class Point:\n    {body}", f"Point.{name}") == wanted


def test_a_comment_above_is_the_summary_as_an_imperative(summary):
    assert summary("# Returns the number of users.\ndef n(): return 3", "n") == "Return the number of users."
    assert summary("# these are users\ndef count_users(): return 3", "count_users") != "These are users."


def test_a_test_says_what_it_checks(summary):
    source = "def test_empty_list_raises_error():\n    assert build([])"
    assert summary(source, "test_empty_list_raises_error") == (
        "Check that the empty list raises error by calling ``build``."
    )


def test_a_fixture_says_what_tests_get(summary):
    source = "@pytest.fixture\ndef client(app):\n    yield Client(app)"
    assert summary(source, "client") == "Provide a new ``Client`` for ``app`` as the client for tests."


def test_a_verb_takes_only_parameters_that_the_body_uses(summary):
    assert "token" not in summary("def render(token, text): return text.upper()", "render")


def test_names_of_locals_are_not_shown(summary):
    source = "def load(path):\n    raw = path.read()\n    kept = [x for x in raw]\n    return kept[0]"
    assert "kept" not in summary(source, "load")


def test_a_summary_fits_the_room(summary):
    source = f"class {'Long' * 12}Error(Exception): pass"
    assert len(summary(source, "Long" * 12 + "Error", 72)) <= 72


WORDS = st.sampled_from(
    "get set add remove parse is has can on do visit from to as and or not all of test safe async user name item list "
    "items HTTP URL x2 2 data handler event made closed copy sort tag count file n re sub default main this".split()
)
NAMES = (
    st.lists(WORDS, min_size=1, max_size=5)
    .map("_".join)
    .filter(lambda name: name.isidentifier() and not keyword.iskeyword(name))
)
BODIES = st.sampled_from(
    (
        "pass",
        "return data",
        "return self.x",
        "self.items.append(data)",
        "raise ValueError('no')",
        "yield data",
        "self.a = data",
        "return not data",
        "if data: raise KeyError(data)",
        "return [x for x in data]",
        "return f'{data}'",
        "self.run(data); return True",
        "print(data)",
        "for x in data: self.use(x)",
    )
)
DECORATORS = st.sampled_from(
    ("", "@property\n    ", "@abstractmethod\n    ", "@classmethod\n    ", "@contextmanager\n    ")
)


@given(name=NAMES, body=BODIES, decorator=DECORATORS)
def test_every_summary_is_one_sentence(summary, name, body, decorator):
    text = summary(f"class Box:\n    {decorator}def {name}(self, data=None):\n        {body}\n", f"Box.{name}")
    plain = re.sub(r"``[^`]+``", "x", text)
    assert text.endswith(".")
    assert not text.endswith("..")
    assert text[0].isupper() or text.startswith("``")
    assert plain.count(".") == 1
    assert "  " not in text
    assert "``" not in plain
    assert not re.search(r"TODO|FIXME|XXX|_summary_|\{\w*\}", plain)
