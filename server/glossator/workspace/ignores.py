"""What ignore files and the settings' patterns leave out: files, and codes of files.

`.gitignore` files say what is no source of the project, `.glossatorignore` files, in the same words, what Glossator is
to leave alone; neither takes back what the other says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from glossator.config import Settings
    from glossator.workspace.files import Patterns

MAX_BYTES = 1 << 20
GIT_FILE: Final = ".gitignore"
OWN_FILE: Final = ".glossatorignore"


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one file, relative to the folder that it is in; `prefix` leads from there to the named folder."""

    spec: GitIgnoreSpec
    prefix: str

    def verdict(self, relative: str) -> bool | None:
        """True to ignore, False to keep after all, None where no pattern speaks."""
        return self.spec.check_file(self.prefix + relative).include


@dataclass(frozen=True, slots=True)
class _Chain:
    """The rules of all ignore files of one name that hold in a folder: inner ones come before outer ones.

    Whoever names a folder that `.gitignore` has means it. `.glossatorignore` holds all the same: it is there to keep
    files back.
    """

    name: str
    outer: tuple[_Rules, ...] = ()
    inner: tuple[tuple[str, _Rules], ...] = ()

    @classmethod
    def above(cls, root: Path, name: str) -> _Chain:
        """The rules from the folders above `root`."""
        return cls(name, tuple(rules for folder in _between(root) if (rules := _read(folder, root, name))))

    def entering(self, folder: Path, prefix: str) -> _Chain:
        """The rules that hold inside `folder`; `prefix` leads there."""
        rules = _read(folder, folder, self.name)
        return self if rules is None else replace(self, inner=((prefix, rules), *self.inner))

    def ignores(self, relative: str) -> bool:
        """Whether the nearest pattern that speaks of a path ignores it."""
        verdicts = [rules.verdict(relative.removeprefix(prefix)) for prefix, rules in self.inner]
        verdicts += [rules.verdict(relative) for rules in self.outer]
        return next((verdict for verdict in verdicts if verdict is not None), False)


@dataclass(frozen=True, slots=True)
class Ignores:
    """The rules that hold in one folder of a walk from `root`."""

    root: Path
    include: _Rules | None
    exclude: _Rules | None
    chains: tuple[_Chain, ...] = ()

    @classmethod
    def above(cls, root: Path, patterns: Patterns | None) -> Ignores:
        """The rules for a walk of `root`, from its repository's ignore files and from `patterns`."""
        include = exclude = None
        if patterns:
            include = _rules(patterns.include, patterns.root, root) if patterns.include else None
            exclude = _without_root(_rules(patterns.exclude, patterns.root, root)) if patterns.exclude else None
        return cls(root, include, exclude, tuple(_Chain.above(root, name) for name in (GIT_FILE, OWN_FILE)))

    def entering(self, folder: Path) -> Ignores:
        """The rules that hold inside `folder`, which is the root or beneath it."""
        prefix = "" if folder == self.root else f"{folder.relative_to(self.root).as_posix()}/"
        return replace(self, chains=tuple(chain.entering(folder, prefix) for chain in self.chains))

    def ignores_folder(self, folder: Path) -> bool:
        """Whether nothing in `folder` is meant."""
        return self._is_ignored(f"{folder.relative_to(self.root).as_posix()}/")

    def ignores_file(self, file: Path) -> bool:
        """Whether `file` is left out; its folders were asked about before."""
        relative = file.relative_to(self.root).as_posix()
        if self.include and not self.include.verdict(relative):
            return True
        return self._is_ignored(relative)

    def _is_ignored(self, relative: str) -> bool:
        if self.exclude and self.exclude.verdict(relative):
            return True
        return any(chain.ignores(relative) for chain in self.chains)


def settings_for(file: Path, settings: Settings, root: Path) -> Settings:
    """The settings of one file: with the codes to ignore that `per_file_ignores` has for it.

    Its patterns are relative to `root`; a file outside of that matches none of them.
    """
    if not settings.per_file_ignores:
        return settings
    target, base = file.resolve(), root.resolve()
    if not target.is_relative_to(base):
        return settings
    name = target.relative_to(base).as_posix()
    codes = [
        code for pattern, codes in settings.per_file_ignores if _spec((pattern,)).match_file(name) for code in codes
    ]
    return replace(settings, ignore=(*settings.ignore, *codes)) if codes else settings


def _between(root: Path) -> list[Path]:
    """The folders above `root`, nearest first, up to the one that holds `.git`; none where there is no repository."""
    absolute = root.resolve()
    if (absolute / ".git").exists():
        return []
    for count, parent in enumerate(absolute.parents, start=1):
        if (parent / ".git").exists():
            return list(absolute.parents[:count])
    return []


def _read(folder: Path, root: Path, name: str) -> _Rules | None:
    try:
        with (folder / name).open(encoding="utf-8", errors="replace") as file:
            lines = file.read(MAX_BYTES).splitlines()
    except OSError:
        return None
    rules = _rules(lines, folder, root)
    return _without_root(rules) if name == GIT_FILE else rules


@lru_cache(maxsize=256)
def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec:
    """The patterns of these lines; one that means nothing, such as a lone "!", is passed over, as git does."""
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        if len(lines) == 1:
            return GitIgnoreSpec(())
        return GitIgnoreSpec([pattern for line in lines for pattern in _spec((line,)).patterns])


def _rules(lines: Iterable[str], folder: Path, root: Path) -> _Rules | None:
    """The patterns of `folder`; None where `root` is not inside it."""
    target, base = root.resolve(), folder.resolve()
    if not target.is_relative_to(base):
        return None
    prefix = "" if target == base else f"{target.relative_to(base).as_posix()}/"
    return _Rules(_spec(tuple(lines)), prefix)


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether one of these patterns has a path, or a folder that it lies in; the last one that speaks counts."""
    lines = tuple(patterns)
    return bool(lines) and _spec(lines).match_file(path)


class KeptBack:
    """The files that a `.glossatorignore` file has, beside them or in any folder above; each folder's is read once.

    For files that no walk came by, or whose walk began further down.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._chains: dict[Path, _Chain | None] = {}

    def has(self, file: Path) -> bool:
        """Whether a file (its absolute path), or a folder that it is in, is kept back."""
        chain = self._chain(file.parent)
        return chain is None or chain.ignores(_from_top(file))

    def _chain(self, folder: Path) -> _Chain | None:
        """The rules in a folder; None where the folder is kept back itself."""
        known = self._chains
        if folder not in known:
            unknown = [one for one in (folder, *folder.parents) if one not in known]
            for one in reversed(unknown):
                if one == one.parent:
                    known[one] = _Chain(OWN_FILE).entering(one, "")
                    continue
                above, prefix = known[one.parent], f"{_from_top(one)}/"
                known[one] = None if above is None or above.ignores(prefix) else above.entering(one, prefix)
        return known[folder]


def _from_top(path: Path) -> str:
    """A path as it is from the top of its drive."""
    return path.relative_to(path.anchor).as_posix()


def _without_root(rules: _Rules | None) -> _Rules | None:
    """The rules without the patterns that ignore the root itself: whoever names a folder means it."""
    if rules is None or not rules.prefix:
        return rules
    from pathspec import GitIgnoreSpec

    patterns = [p for p in rules.spec.patterns if p.include is not True or p.match_file(rules.prefix) is None]
    return replace(rules, spec=GitIgnoreSpec(patterns))
