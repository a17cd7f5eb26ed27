"""A project as templates see it: what its files say of installing, using and developing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glossator.docstring.pages.markdown import Markdown, code, escaped, fenced, link
from glossator.errors import SourceError
from glossator.syntax.commands import commands_of
from glossator.syntax.document import Document, decode
from glossator.syntax.environment import environment_of
from glossator.workspace.examples import Said, Subject, examples_beneath, worked_example
from glossator.workspace.repository import Repository, repository_of

if TYPE_CHECKING:
    from glossator.documenter.pages.apart import SourceFile
    from glossator.documenter.pages.modules import PageModule
    from glossator.syntax.commands.declared import Argument, Command
    from glossator.syntax.environment import Variable
    from glossator.syntax.package import Package
    from glossator.workspace.examples import Example, Examples
    from glossator.workspace.repository import Task

LIBRARIES: Final = ("argparse", "click", "typer")
SCRIPTS: Final = "console_scripts"


class PageTask:
    """A command of development."""

    def __init__(self, task: Task) -> None:
        """Show a task."""
        self.command = code(task.command)
        self.help = escaped(task.help) if task.help else Markdown("")


class PageArgument:
    """An option or an argument of a command line."""

    def __init__(self, argument: Argument) -> None:
        """Show an argument."""
        self._argument = argument
        self.is_required: bool = argument.is_required
        self.choices: tuple[Markdown, ...] = tuple(map(code, argument.choices))
        self.help = escaped(argument.help) if argument.help else Markdown("")

    @property
    def shown(self) -> Markdown:
        """What is typed: the flags, and what stands for the value."""
        one = self._argument
        value = one.metavar or one.name
        return (
            code(", ".join((*one.flags, *one.off_flags)) + (f" {one.metavar}" if one.metavar else ""))
            if (one.flags)
            else code(value)
        )

    @property
    def default(self) -> Markdown:
        """The default; "" where there is none that is known."""
        return code(self._argument.default) if self._argument.default else Markdown("")


class PageCommand:
    """A command, or one below another."""

    def __init__(self, command: Command, prog: str) -> None:
        """Show a command that is called by `prog`."""
        self._command = command
        self.prog = prog
        self.title = code(prog)
        self.help = escaped(command.help or command.description)
        self.description = escaped(command.description)

    @property
    def arguments(self) -> tuple[PageArgument, ...]:
        """Its positional arguments and options."""
        return tuple(map(PageArgument, (*self._command.positionals, *self._command.options)))

    @property
    def subcommands(self) -> tuple[PageCommand, ...]:
        """The commands below it."""
        return tuple(PageCommand(one, f"{self.prog} {one.name}") for one in self._command.subcommands)


def commands_in(documents: Callable[[str], Document | None], module: str) -> tuple[Command, ...]:
    """The command lines that a module declares; what it takes from others is looked up there."""
    document = documents(module)
    return commands_of(document, module, documents) if document is not None else ()


class PageExample:
    """An example, as it stands in a file of the project."""

    def __init__(self, example: Example) -> None:
        """Show an example."""
        self.text = fenced(example.code, "python")
        self.kind: str = example.kind
        self.source = Markdown(" of ".join(code(one) for one in (example.name, example.file) if one))


class PageVariable:
    """A variable of the environment that the code reads."""

    def __init__(self, variable: Variable) -> None:
        """Show a variable."""
        self.name = code(variable.name)
        self.default = code(variable.default) if variable.default else Markdown("")
        self.is_required: bool = variable.is_required


class PageProject:
    """A project: what is installed, what one types to use it, and how one works on it."""

    def __init__(self, root: Path, package: Package, sources: Mapping[str, SourceFile]) -> None:
        """Read nothing yet."""
        self._root = root
        self._package = package
        self._sources = sources

    @cached_property
    def _repository(self) -> Repository:
        return repository_of(self._root)

    @property
    def name(self) -> str:
        """What it is called: as it is installed, else the package's name."""
        return self._repository.project.name or self._package.name

    @property
    def is_installable(self) -> bool:
        """Whether it says by which name it is installed."""
        return bool(self._repository.project.name)

    @property
    def description(self) -> Markdown:
        """What its metadata say that it is."""
        return escaped(self._repository.project.description)

    @property
    def python(self) -> Markdown:
        """The versions of Python that it needs."""
        needed = self._repository.project.python
        return code(needed) if needed else Markdown("")

    @property
    def license(self) -> str:
        """The license that its metadata name."""
        return self._repository.project.license

    @property
    def links(self) -> tuple[Markdown, ...]:
        """Its addresses, as its metadata have them."""
        return tuple(link(escaped(name), url) for name, url in self._repository.project.urls)

    @property
    def install(self) -> Markdown:
        """How it is installed, as a block of code."""
        return fenced(f"pip install {self._repository.project.name}", "sh")

    @property
    def extras(self) -> tuple[tuple[Markdown, Markdown], ...]:
        """What is installed beside it on demand: the name of each extra, and what it brings."""
        found = self._repository.project.extras
        return tuple((code(one.name), Markdown(", ".join(map(code, one.requirements)))) for one in found)

    @cached_property
    def commands(self) -> tuple[PageCommand, ...]:
        """The commands that an installation brings, as far as their source declares what they take."""
        return tuple(self._commands())

    def _commands(self) -> Iterator[PageCommand]:
        for point in self._repository.project.entry_points:
            if point.group == SCRIPTS:
                module, _, function = point.target.partition(":")
                found = self._declared(point.name, (module.strip(), function.partition("[")[0].strip()))
                if found is not None:
                    yield PageCommand(found, point.name)

    def _declared(self, name: str, target: tuple[str, str]) -> Command | None:
        """The command line of a script: declared where it starts, or elsewhere in the package under its name."""
        module, function = target
        own = commands_in(self._document, module)
        for is_meant in (lambda one: one.function == function, lambda one: one.prog == name, lambda _: len(own) == 1):
            if found := next(filter(is_meant, own), None):
                return found
        declaring = (
            other
            for other, surface in self._package.modules.items()
            if any(source.partition(".")[0] in LIBRARIES for source in surface.imports)
        )
        everywhere = (one for other in declaring for one in commands_in(self._document, other))
        return next((one for one in everywhere if one.prog == name), None)

    def _document(self, module: str) -> Document | None:
        source = self._sources.get(module)
        try:
            return Document(source.path, decode(source.raw)[0]) if source is not None else None
        except SourceError:
            return None

    @cached_property
    def variables(self) -> tuple[PageVariable, ...]:
        """The variables of the environment that the package reads by name, sorted; each once."""
        found: dict[str, Variable] = {}
        for document in filter(None, map(self._document, self._sources)):
            for one in environment_of(document):
                found.setdefault(one.name, one)
        return tuple(PageVariable(found[name]) for name in sorted(found))

    @cached_property
    def _examples(self) -> Examples:
        return examples_beneath(self._root, [self._package.name.partition(".")[0]])

    def example(self, module: PageModule) -> PageExample | None:
        """One example of what a module offers: from a docstring, a test or a file of examples; None without any."""
        surface = self._package.modules[module.name]
        offers = self._package.offers(module.name)
        names = {f"{module.name}.{one.name}" for one in offers} | {str(one.home) for one in offers}
        own = Said(surface.text, self._shown(surface.file), 1)
        others = tuple(Said(one.item.text, self._shown(surface.file), one.item.line) for one in offers if one.item.text)
        found = worked_example(Subject(frozenset(names), "", own, others), self._examples)
        return PageExample(found) if found is not None else None

    def _shown(self, file: str) -> str:
        path = Path(file)
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.name

    @property
    def tasks(self) -> tuple[PageTask, ...]:
        """The commands of development that its files explain."""
        return tuple(PageTask(one) for one in self._repository.tasks if one.help or one.tool != "make")
