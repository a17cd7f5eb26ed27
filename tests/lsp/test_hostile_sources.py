"""FAULTS L11: sources that hurt. Every request about them is answered, and the server goes on."""

from __future__ import annotations

import itertools

import pytest

NUMBERS = itertools.count()
HOSTILE = {
    "nested parentheses": "def f(a):\n    return " + "(" * 20_000 + ")" * 20_000 + "\n",
    "unclosed parentheses": "def f(a):\n    return " + "(" * 50_000,
    "nested definitions": "".join(f"{' ' * n}def f{n}(a):\n" for n in range(900)) + " " * 900 + "return a\n",
    "nested classes": "".join(f"{' ' * n}class C{n}:\n" for n in range(95)) + " " * 95 + "x = 1\n",
    "one long line": "def f(a):\n    return [" + "1, " * 60_000 + "]\n",
    "many quotes": "def f(a):\n    " + '"""' * 20_000 + "\n",
    "many decorators": "@d\n" * 20_000 + "def f(a):\n    return a\n",
    "long names": f"def {'f' * 50_000}({'a' * 40_000}):\n    return {'a' * 40_000}\n",
    "long chain": "def f(a):\n    return a" + ".b" * 40_000 + "\n",
    "many raises": "def f(a):\n" + "    if a:\n        raise ValueError('no')\n" * 3_000,
    "many elifs": "def f(a):\n    if a:\n        return 1\n" + "    elif a:\n        return 2\n" * 3_000,
    "NUL": "def f(a):\n    return '\0'\n",
    "lone surrogate": "def f(a):\n    return '\ud800'\n",
    "carriage returns": "def f(a):\r    return a\r" * 2_000,
    "other line ends": "def f(a):\n    return '\x0c\x0b\x85\u2028\u2029'\n" * 500,
    "backslashes": "def f(a):\n    return '" + "\\" * 50_000 + "'\n",
    "spaces": "def f(a):\n" + " " * 90_000 + "return a\n",
    "nothing": "",
    "only a byte order mark": "\ufeff",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_l11_every_request_about_a_hostile_source_is_answered(client, name):
    uri = f"file:///somewhere/hostile_{next(NUMBERS)}.py"
    document = {"textDocument": {"uri": uri}}
    start = {"line": 0, "character": 5}
    at = document | {"position": start, "range": {"start": start, "end": start}, "context": {"diagnostics": []}}
    client.open(HOSTILE[name], uri)
    for method in ("hover", "codeAction", "completion", "diagnostic"):
        answer = client.request(f"textDocument/{method}", at)
        assert answer.get("error", {}).get("code", -32803) == -32803, (method, answer)
    client.change(client.edit((0, 0), (0, 0), "x = 1\n"), version=2, uri=uri)
    assert "error" not in client.request("textDocument/hover", at)
    client.notify("textDocument/didClose", document)
