"""Functions made up for properties: a signature and a body, changes to them, and the text of both."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

NAMES = ("path", "size", "mode", "items", "limit", "first", "class_", "_hidden", "größe", "on_done", "x")
ANNOTATIONS = ("", "int", "str", "bool", "list[int]", "int | None", "Optional[str]", "dict[str, int]", "'Path'", "T")
DEFAULTS = ("", "3", "-1", "0.5", "'x'", "''", "None", "True", "()", "LIMIT", "'a b'")
RESULTS = ("nothing", "a value", "a list", "nothing or a value", "itself", "yields", "yields pairs", "raises")
EXCEPTIONS = ("KeyError", "ValueError", "errors.Gone", "OSError", "StopIteration")
RETURNS = {"nothing": ("", "None"), "raises": ("", "NoReturn")}
YIELDED = ("", "Iterator[int]", "Generator[str, None, None]")
KINDS = ("positional", "normal", "*", "keyword", "**")


@dataclass(frozen=True)
class Made:
    """A parameter: its name, its kind, and what stands behind."""

    name: str
    kind: str
    annotation: str
    default: str

    def text(self, is_optional):
        stars = self.kind if "*" in self.kind else ""
        annotation = f": {self.annotation}" if self.annotation else ""
        return f"{stars}{self.name}{annotation}{f' = {self.default}' if self.default and is_optional else ''}"


@dataclass(frozen=True)
class Function:
    """What a function is made of; `docstring` is its source with quotes."""

    parameters: tuple[Made, ...] = ()
    result: str = "nothing"
    returns: str = ""
    raised: tuple[str, ...] = ()
    docstring: str = ""
    name: str = "work"

    def text(self):
        head = f"def {self.name}({self._signature()}){f' -> {self.returns}' if self.returns else ''}:\n"
        lines = [f"    {self.docstring}"] if self.docstring else []
        lines += [f"    if {name}(1):\n        raise {name}(2)" for name in self.raised]
        return head + "\n".join([*lines, *self._body(), ""])

    def _signature(self):
        ordered = sorted(self.parameters, key=lambda one: KINDS.index(one.kind))
        texts, had_default = [], False
        for number, one in enumerate(ordered):
            before = ordered[number - 1].kind if number else ""
            if one.kind == "keyword" and before not in ("keyword", "*"):
                texts.append("*")
            had_default |= bool(one.default) and one.kind in ("positional", "normal")
            must = had_default and one.kind in ("positional", "normal")
            shown = replace(one, default=one.default or "None") if must else one
            texts.append(shown.text("*" not in one.kind))
            is_last = number + 1 == len(ordered) or ordered[number + 1].kind != "positional"
            if one.kind == "positional" and is_last:
                texts.append("/")
        return ", ".join(texts)

    def _body(self):
        first = next((one.name for one in self.parameters), "LIMIT")
        match self.result:
            case "a value":
                return [f"    return compute({first})"]
            case "a list":
                return ["    return [1, 2]"]
            case "nothing or a value":
                return [f"    if {first}:\n        return\n    return {first} + 1"]
            case "itself":
                return [f"    return {first}"]
            case "yields":
                return [f"    yield {first}"]
            case "yields pairs":
                return [f"    for one in {first}:\n        yield one, 1"]
            case "raises":
                return ["    raise Failure(LIMIT)"]
        return [f"    show({', '.join(one.name for one in self.parameters)})"]


def parameters(names=NAMES):
    return st.builds(
        Made, st.sampled_from(names), st.sampled_from(KINDS), st.sampled_from(ANNOTATIONS), st.sampled_from(DEFAULTS)
    )


def is_possible(made):
    """Whether names are different, and each star is there once at most."""
    kinds = [one.kind for one in made]
    return len({one.name for one in made}) == len(made) and all(kinds.count(star) < 2 for star in ("*", "**"))


SIGNATURES = st.lists(parameters(), max_size=6, unique_by=lambda one: one.name).map(tuple).filter(is_possible)


@st.composite
def functions(draw):
    """A function without a docstring."""
    result = draw(st.sampled_from(RESULTS))
    usual = YIELDED if result.startswith("yields") else ("", "int", "str | None", "list[int]")
    returns = draw(st.sampled_from(RETURNS.get(result, usual)))
    raised = draw(st.lists(st.sampled_from(EXCEPTIONS), max_size=2, unique=True))
    return Function(draw(SIGNATURES), result, returns, tuple(raised))


@st.composite
def changed(draw, function):
    """A function after one change to its signature or its body."""
    made = list(function.parameters)
    kinds = ["result", "raised"] + ["added"] * 2 + ["removed", "renamed", "annotation", "default", "moved"] * bool(made)
    match draw(st.sampled_from(kinds)):
        case "result":
            other = draw(functions())
            return replace(function, result=other.result, returns=other.returns)
        case "raised":
            return replace(function, raised=tuple(draw(st.lists(st.sampled_from(EXCEPTIONS), max_size=2, unique=True))))
        case "added":
            made.insert(draw(st.integers(0, len(made))), draw(parameters()))
        case "removed":
            made.pop(draw(st.integers(0, len(made) - 1)))
        case "moved":
            made.insert(0, made.pop(draw(st.integers(0, len(made) - 1))))
        case what:
            at = draw(st.integers(0, len(made) - 1))
            other = draw(parameters((*NAMES, f"{made[at].name}s", "extent")))
            field = {"renamed": "name"}.get(what, what)
            made[at] = replace(made[at], **{field: getattr(other, field)})
    after = replace(function, parameters=tuple(made))
    return after if is_possible(after.parameters) else function


@st.composite
def histories(draw, most=3):
    """A function, and what it is after each of some changes."""
    versions = [draw(functions())]
    for _ in range(draw(st.integers(1, most))):
        versions.append(draw(changed(versions[-1])))
    return versions
