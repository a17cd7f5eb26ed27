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


@dataclass(frozen=True)
class Layout:
    """How somebody writes docstrings by hand."""

    style: str
    types: bool
    apart: bool
    listed: bool
    unit: str
    ends: str
    more: bool


LAYOUTS = st.builds(
    Layout,
    st.sampled_from(["google", "numpy", "sphinx", "epytext"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["    ", "  "]),
    st.sampled_from(["\n    ", ""]),
    st.booleans(),
)


def by_hand(function, layout):
    """The function with a docstring that is true, in somebody's layout."""
    makers = {"google": _google, "numpy": _numpy}
    sections = makers.get(layout.style, _fields)(function, layout)
    if layout.more and layout.style in makers:
        title = "Note:\n" if layout.style == "google" else "Notes\n-----\n"
        sections.append(f"{title}{layout.unit * (layout.style == 'google')}This is   slow.")
    lines = "\n\n".join(["Do it ``now``.", *sections]).split("\n")
    text = "\n".join([lines[0], *[f"    {line}" if line else "" for line in lines[1:]]])
    return replace(function, docstring=f'"""{text}{layout.ends}"""')


def entries(function):
    """Names, types and words for the parameters that want some."""
    ordered = sorted(function.parameters, key=lambda one: KINDS.index(one.kind))
    for one in ordered:
        stars = one.kind if "*" in one.kind else ""
        known = one.annotation.strip("'") if one.annotation not in ("", "T") else "Thing"
        yield stars + one.name, known, f"Words about it,\nand more of {len(one.name)}."


def _items(function, layout, head):
    gap = "\n\n" if layout.apart else "\n"
    return gap.join(head(*entry) for entry in entries(function))


def _google(function, layout):
    unit, mark = layout.unit, "- " * layout.listed

    def item(name, type_, words):
        shown = f" ({type_})" * layout.types
        return f"{unit}{mark}{name}{shown}: " + words.replace("\n", f"\n{unit}{' ' * len(mark)}{unit}")

    found = [f"Args:\n{_items(function, layout, item)}"] if function.parameters else []
    if outcome := _outcome(function):
        found.append(f"{outcome}:\n{unit}What comes of it.")
    if raised := _raised(function):
        found.append("Raises:\n" + "\n".join(f"{unit}{name}: Gone." for name in raised))
    return found


def _numpy(function, layout):
    def item(name, type_, words):
        shown = f" : {type_}" * layout.types
        return f"{name}{shown}\n{layout.unit}" + words.replace("\n", f"\n{layout.unit}")

    found = [f"Parameters\n----------\n{_items(function, layout, item)}"] if function.parameters else []
    if outcome := _outcome(function):
        found.append(f"{outcome}\n{'-' * len(outcome)}\nThing\n{layout.unit}What comes of it.")
    if raised := _raised(function):
        found.append("Raises\n------\n" + "\n".join(f"{name}\n{layout.unit}Gone." for name in raised))
    return found


def _fields(function, layout):
    mark = ":" if layout.style == "sphinx" else "@"
    lines, types = [], []
    for name, type_, words in entries(function):
        written = name.replace("*", r"\\*") if mark == ":" else name.lstrip("*")
        lines.append(f"{mark}param {written}: " + words.replace("\n", f"\n{layout.unit}"))
        shown = [f"{mark}type {written}: {type_}"] if layout.types and "*" not in name else []
        (types if layout.listed else lines).extend(shown)
    lines += types
    if outcome := _outcome(function):
        lines.append(f"{mark}{outcome.lower().rstrip('s') + 's' * (mark == ':')}: What comes of it.")
    lines += [f"{mark}raise{'s' * (mark == ':')} {name}: Gone." for name in _raised(function)]
    return [("\n\n" if layout.apart else "\n").join(lines)] if lines else []


def _outcome(function):
    if function.result.startswith("yields"):
        return "Yields"
    return "Returns" if function.result not in ("nothing", "raises") else ""


def _raised(function):
    return (*function.raised, *(["Failure"] if function.result == "raises" else []))
