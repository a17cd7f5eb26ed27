"""Which dotted names in prose are of a package, and stand for nothing in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from glossator.syntax.items import Item
from glossator.syntax.meanings import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glossator.syntax.package import Package

# `package.module.py` and the like are files.
_SUFFIXES: Final = frozenset(
    (
        *("py", "pyi", "pyc", "pyd", "so", "toml", "md", "rst", "txt", "json", "yaml", "yml", "cfg", "ini", "html"),
        *("css", "js", "log", "db", "sock", "csv", "xml", "sh", "zip", "whl", "png", "svg"),
    )
)


def is_gone(package: Package, name: str, *, is_called: bool) -> bool:
    """Whether a dotted name that begins with a package's cannot but be one of its, and is not there.

    Silent where names may be made when the code runs or come from elsewhere. Of the package itself only what looks like
    a class or a call is judged: settings, commands, files and hosts begin with its name, too.
    """
    parts = name.split(".")
    if parts[-1].lower() in _SUFFIXES:
        return False
    owner = Home(package.name)
    for size in range(package.name.count(".") + 2, len(parts) + 1):
        found = package.resolve(".".join(parts[:size]), Home(package.name))
        if found is None:
            if _is_namespace(package, ".".join(parts[:size])):
                owner = Home(".".join(parts[:size]))
                continue
            is_plain = owner == Home(package.name) and "." not in package.name
            looks = is_called or parts[-1][:1].isupper()
            return (looks or not is_plain) and not _may_have(package, owner, parts[size - 1])
        owner = found
    return False


def _is_namespace(package: Package, name: str) -> bool:
    return any(module.startswith(f"{name}.") for module in package.modules)


def _may_have(package: Package, owner: Home, name: str) -> bool:
    """Whether something has a name that cannot be seen in its source."""
    if name.startswith("__") and name.endswith("__"):
        return True
    if not owner.path:
        return _module_may_have(package, owner.module, name, set())
    item = package.item(owner)
    return item is None or item.kind != "class" or any(_is_open(package, one) for one in _line(package, owner))


def _line(package: Package, owner: Home) -> Iterator[Home]:
    yield owner
    yield from package.ancestors(owner)


def _is_open(package: Package, home: Home) -> bool:
    """Whether a class may have members that it does not show: from bases elsewhere, or made on demand."""
    item: Item | None = package.item(home)
    if item is None:
        return True
    bases = [base for base in item.bases if base.strip() != "object"]
    is_dynamic = "__getattr__" in item.hidden or item.member("__getattr__") is not None
    return is_dynamic or len(bases) > len(package.bases(home))


def _module_may_have(package: Package, module: str, name: str, met: set[str]) -> bool:
    surface = package.modules.get(module)
    if surface is None or module in met:
        return not met
    met.add(module)
    if name in surface.bound or not surface.is_whole or surface.item("__getattr__") is not None:
        return True
    if surface.is_package and _has_file(Path(surface.file).parent, name):
        return True
    return any(star not in package.modules or _module_may_have(package, star, name, met) for star in surface.stars)


def _has_file(folder: Path, name: str) -> bool:
    """Whether a package has a module or folder of a name that is not read: an extension, or data."""
    return (folder / name).exists() or any(folder.glob(f"{name}.*"))
