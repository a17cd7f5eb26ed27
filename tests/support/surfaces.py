"""Packages for tests: from texts, and installed ones as others see them."""

from __future__ import annotations

import importlib.util
import json
import logging
import subprocess
import sys
from functools import cache
from pathlib import Path
from textwrap import dedent

import griffe

from glossator.config import Settings
from glossator.documenter.pages.opening import read_files
from glossator.engine.executor import Pool
from glossator.syntax.package import Package
from glossator.syntax.surface import surface_of
from glossator.workspace.packages import package_of

# Prints what an import finds: of each module its public names with the place where each is defined (for what is a class
# or a function of the package), and of each class its own public members and the classes that its members come from.
INSPECTOR = """
import importlib, inspect, json, sys, types

package, modules = sys.argv[1], sys.argv[2:]


def shown(owner):
    # The public members of a class, but for the places of what it keeps (`__slots__`).
    values = vars(owner).items()
    return [key for key, value in values if key[0] != "_" and not isinstance(value, types.MemberDescriptorType)]


found = {}
for name in modules:
    try:
        module = importlib.import_module(name)
    except Exception:
        continue
    listed = getattr(module, "__all__", None)
    names = [one for one in dir(module) if not one.startswith("_")] if listed is None else listed
    places, members = {}, {}
    for one in names:
        value = getattr(module, one, None)
        if isinstance(value, types.ModuleType) or name + "." + one in modules:
            continue
        home = getattr(value, "__module__", None)
        is_named = isinstance(home, str) and isinstance(value, (type, types.FunctionType))
        is_ours = is_named and home.partition(".")[0] == package
        if is_ours and (listed is not None or home == name or hasattr(module, "__path__")):
            places[one] = f"{home}.{value.__qualname__}"
        elif listed is not None:
            places[one] = ""
        if is_ours and isinstance(value, type) and home == name:
            members[one] = {
                "own": shown(value),
                "from": {key: f"{base.__module__}.{base.__qualname__}" for base in value.__mro__[1:][::-1]
                         for key in shown(base) if key not in vars(value)},
            }
    found[name] = {"places": places, "members": members}
print(json.dumps(found))
"""


def surface(text, name="pkg", *, is_package=False):
    """What a text offers as a module."""
    file = f"{name.replace('.', '/')}{'/__init__' if is_package else ''}.py"
    return surface_of(dedent(text).encode(), name, file, is_package)


def package(**texts):
    """A package `pkg` of these texts: `pkg` itself, and modules by their names; one that has others is a package."""
    texts = {"pkg": ""} | {name if name == "pkg" else f"pkg.{name}": text for name, text in texts.items()}
    owners = {name.rpartition(".")[0] for name in texts} | {"pkg"}
    return Package("pkg", {name: surface(text, name, is_package=name in owners) for name, text in texts.items()})


def offered(found, module="pkg"):
    """The names that a module offers."""
    return [one.name for one in found.offers(module)]


def folder_of(name):
    """Where an installed package lies."""
    return Path(importlib.util.find_spec(name).submodule_search_locations[0])


@cache
def installed(name):
    """An installed package, as we read it."""
    return read_package(package_of(folder_of(name)))


def everything(found):
    """All that a package offers, by dotted names, with the members of classes."""
    names = {}
    for module in found.public_modules:
        waiting = [(f"{module}.{offer.name}", offer.item) for offer in found.offers(module)]
        while waiting:
            name, item = waiting.pop()
            names[name] = item
            waiting += [(f"{name}.{one.name}", one) for one in item.members]
    return names


@cache
def by_griffe(name):
    """An installed package, as griffe reads it."""
    logging.getLogger("griffe").setLevel(logging.CRITICAL)
    return griffe.load(name, search_paths=[str(folder_of(name).parent)], resolve_aliases=True)


def public_by_griffe(name):
    """All names that griffe takes for public, with what each stands for."""
    names = {}
    waiting = [by_griffe(name)]
    while waiting:
        owner = waiting.pop()
        for key, member in owner.members.items():
            if not member.is_public:
                continue
            if not member.is_alias and member.is_module:
                waiting.append(member)
                continue
            names[f"{owner.path}.{key}"] = member
            if not member.is_alias and member.is_class:
                waiting.append(member)
    return names


@cache
def by_import(name):
    """An installed package, as it is when it is imported, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", INSPECTOR, name, *installed(name).public_modules],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def read_package(found, processes=1):
    """A package as its files are now, as pages have it."""
    return Package(found.name, read_files(found, Settings(), Pool(processes)).surfaces)
