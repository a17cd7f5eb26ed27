"""What calls give in the code of one file: of its own functions and classes, of constants, of a library's objects."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from glossator.syntax.commands.calls import Frame, bind
from glossator.syntax.commands.expressions import value_of
from glossator.syntax.commands.values import (
    FUNCTIONS,
    UNKNOWN,
    Bound,
    Class,
    Declared,
    Decorator,
    Function,
    Given,
    Instance,
    Named,
    Scope,
    Unknown,
    method_of,
)
from glossator.syntax.document import Document

MAX_STEPS: Final = 100_000  # expressions and statements for a file; our own command line takes 1,500
MAX_MODULES: Final = 40  # names that are looked for among other modules
TRANSLATING: Final = ("_", "__", "gettext", "gettext_lazy")  # functions that are given texts as they are in English
MAX_DEPTH: Final = 15  # calls within calls
SMALL: Final = 3  # statements of a function that is followed though it has nothing to do with command lines

Modules = Callable[[str], Document | None]
Library = Mapping[str, Callable[["Following", Given], object]]
_NOTHING: Final = Given((), {}, is_whole=False, line=0, are_values_whole=False)


class TooMuch(Exception):
    """There is more to follow than is worth it."""


@dataclass(slots=True)
class Following:
    """The calls of one file's code, followed. `library` has what libraries define, by absolute names."""

    library: Library
    words: frozenset[str]  # by which a function is known to have to do with command lines
    conditions: tuple[int, ...] = ()  # what has to be so where we are; negative: that nothing left before
    relevant: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()  # names whose values are changed in place, or from within functions
    followed: set[ast.AST] = field(default_factory=set)
    steps: int = 0
    conditions_met: int = 0
    frames: list[Frame] = field(default_factory=list)
    modules: Modules | None = None
    imported: dict[str, Scope | None] = field(default_factory=dict)  # None while it is read, and where it cannot be
    importing: int = 0

    @property
    def is_importing(self) -> bool:
        """Whether another module than the file's own is being read."""
        return self.importing > 0

    def resolved(self, named: Named) -> object:
        """What a name of another module stands for, the name itself where that is not to be read."""
        module, _, name = named.name.rpartition(".")
        if self.modules is None or not module or named.name in self.library or name in TRANSLATING:
            return named
        if module not in self.imported and len(self.imported) < MAX_MODULES:
            self.imported[module] = None
            document = self.modules(module)
            if document is not None:
                self.importing += 1
                self.imported[module] = self.read_other(document, module)
                self.importing -= 1
        scope = self.imported.get(module)
        value = scope.names.get(name, named) if scope is not None else named
        return self.resolved(value) if isinstance(value, Named) and value != named else value

    def read_other(self, document: Document, module: str) -> Scope | None:
        """The names of another module. Whoever reads statements says how."""
        raise NotImplementedError

    def is_in_doubt(self, conditions: Iterable[int]) -> bool:
        """Whether it is uncertain that we come here, given that we came where these conditions held."""
        return not set(self.conditions) <= set(conditions)

    def spend(self) -> None:
        """Count a step. Raises TooMuch where there were too many."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooMuch

    def invoke(self, function: object, given: Given) -> object:
        """What a call gives."""
        if isinstance(function, Named):
            return self._invoke_named(function.name, given)
        if isinstance(function, Function):
            return self.follow(function, given)
        if isinstance(function, Class):
            return self._made(function, given)
        if isinstance(function, Bound):
            if isinstance(function.receiver, Declared):
                return function.receiver.invoke(function.name, given)
            return method_of(function.receiver, function.name, given)
        if isinstance(function, Decorator) and len(given.values) == 1:
            return function.decorate(given.values[0])
        return UNKNOWN

    def _invoke_named(self, name: str, given: Given) -> object:
        known = self.library.get(name)
        if known is not None:
            return known(self, given)
        if name == "super" and self.frames:
            receiver = self.frames[-1].receiver
            return Bound(receiver, "super") if receiver is not None else UNKNOWN
        simple = FUNCTIONS.get("gettext.gettext" if name.rpartition(".")[2] in TRANSLATING else name)
        return simple(given.values[0]) if simple and len(given.values) == 1 and not given.names else UNKNOWN

    def _made(self, made: Class, given: Given) -> object:
        known = next((self.library[name] for name in sorted(made.base_names()) if name in self.library), None)
        init = made.find("__init__")
        instance: object = Instance(made)
        if known is not None:
            # What the class's own __init__ hands on is not followed, only what it does to the object then.
            own = init is not None and isinstance(init.value, Function)
            instance = known(self, Given(given.values, given.names, given.is_whole and not own, given.line))
        if init is not None and isinstance(init.value, Function):
            self.follow(init.value.bound_to(instance), given)
        return instance

    def follow(self, function: Function, given: Given) -> object:
        """What a function of the file gives; its statements are gone through."""
        node = function.node
        is_running = any(frame.node is node for frame in self.frames)
        if function.is_wrapped or is_running or len(self.frames) > MAX_DEPTH or not self._is_worth(function, given):
            return UNKNOWN
        if not any(one > 0 for one in self.conditions):
            self.followed.add(node)
        scope = function.scope.child(node.name)
        receiver = () if function.receiver is None else (function.receiver,)
        defaults = [value_of(self, one, function.scope) for one in (*node.args.defaults, *node.args.kw_defaults)]
        scope.names.update(bind(node.args, receiver, given, defaults))
        before, frame = self.conditions, Frame(node, function.receiver)
        self.frames.append(frame)
        self.go_through(node.body, scope)
        self.frames.pop()
        self.conditions = before
        return frame.result

    def follow_apart(self, function: Function) -> None:
        """Follow a function that nobody is known to call: objects that were made before take nothing of it."""
        self.conditions_met += 1
        self.conditions = (-self.conditions_met,)
        self.follow(function, _NOTHING)
        self.conditions = ()

    def go_through(self, statements: Sequence[ast.stmt], scope: Scope) -> object:
        """Follow statements. Whoever reads statements says how."""
        raise NotImplementedError

    def _is_worth(self, function: Function, given: Given) -> bool:
        node = function.node
        return (
            node.name in self.relevant
            or len(node.body) <= SMALL
            or isinstance(function.receiver, Declared)
            or any(isinstance(one, Declared) for one in (*given.values, *given.names.values()))
        )

    def attribute(self, receiver: object, name: str) -> object:
        """An attribute of what the file or a library defines."""
        if isinstance(receiver, Instance):
            if name in receiver.attributes:
                return receiver.attributes[name]
            found = receiver.of.find(name)
            value = found.value if found is not None else UNKNOWN
            return value.bound_to(receiver) if isinstance(value, Function) else value
        if isinstance(receiver, Class):
            found = receiver.find(name)
            return found.value if found is not None else UNKNOWN
        if isinstance(receiver, Bound) and receiver.name == "super":
            return Bound(receiver.receiver, name) if isinstance(receiver.receiver, Declared) else UNKNOWN
        if isinstance(receiver, Declared):
            value = receiver.attribute(name)
            return Bound(receiver, name) if isinstance(value, Unknown) else value
        return UNKNOWN


def only(value: object) -> Given:
    """A value as the only argument of a call."""
    return Given((value,), {}, is_whole=True, line=0)
