"""Where settings come from, and what happens to a wrong one.

defaults < user file < glossator.toml or pyproject.toml < editor < environment < flags. A wrong value from the workspace
or the editor is a warning, and the next lower place decides for that key alone; a wrong one from the user is fatal.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from glossator.config.files import ProjectFiles, Table, project_files, read_toml
from glossator.config.keys import BUILT_IN_PROVIDERS, KEYS, PROVIDER_KEYS, Key, Reach
from glossator.config.settings import (
    BudgetSettings,
    CacheSettings,
    LocalSettings,
    MonitorSettings,
    PagesSettings,
    PoolSettings,
    PrivacySettings,
    ProviderSettings,
    Settings,
)
from glossator.errors import ConfigError

ENVIRONMENT: Final = (
    ("GLOSSATOR_PROVIDER", "provider"),
    ("GLOSSATOR_MODE", "mode"),
    ("GLOSSATOR_CACHE_FOLDER", "cache.folder"),
    ("GLOSSATOR_LOG", "log"),
)
SECTIONS: Final = ("cache", "budget", "local", "monitor", "pages", "pool", "privacy")
# Editors send these beside the settings proper: the client's own trace level and how to start the server.
EDITOR_OWN: Final = ("trace", "command", "path", "interpreter", "trusted")


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that settings are read from.

    `folder` is where the search for project files starts (None: no project); `editor` the `glossator` section as the
    editor sent it; `flags` holds keys as in KEYS, None where a flag was not given; untrusted means the embedded
    provider only.
    """

    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    editor: Table = field(default_factory=dict)
    flags: Table = field(default_factory=dict)
    is_trusted: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that was not used: where it stands, its key, what is wrong, and what is used instead.

    Fatal ones are the user's own: the command line refuses them, a server goes on and shows them.
    """

    place: str
    key: str
    message: str
    used: str = ""
    is_fatal: bool = False

    def __str__(self) -> str:
        """One line for people."""
        used = f"; using {self.used}" if self.used else ""
        return f"{self.refusal}{used}"

    @property
    def refusal(self) -> str:
        """One line for people, where nothing is used instead because the program ends."""
        key = f": {self.key}" if self.key else ""
        return f"{self.place}{key}: {self.message}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings, what was wrong, the folder that patterns are relative to, and the files that were read."""

    settings: Settings
    problems: tuple[Problem, ...] = ()
    root: Path | None = None
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layer:
    """One place with the pairs that it sets."""

    place: str
    reach: Reach
    is_fatal: bool
    pairs: tuple[tuple[str, object], ...]


def load(sources: Sources) -> Resolved:
    """The settings; raises ConfigError for what the user has to mend first (user file, environment, flags)."""
    resolved = resolve(sources)
    fatal = [problem.refusal for problem in resolved.problems if problem.is_fatal]
    if fatal:
        raise ConfigError("\n".join(fatal))
    return resolved


def resolve(sources: Sources) -> Resolved:
    """The settings, whatever is wrong with them: for a server that has to go on. Never raises.

    Cost: reads the user file and the project's files, about 1 ms; nothing is kept between calls.
    """
    problems: list[Problem] = []
    user_path = user_file(sources.environment)
    user_table = _user_table(user_path, sources.environment, problems)
    project = project_files(sources.folder) if sources.folder else ProjectFiles()
    problems += [Problem(str(f.path), "", f.error, "the settings from elsewhere") for f in project.broken]
    providers = _providers(user_table.get("providers", {}), str(user_path), problems)
    known = (*BUILT_IN_PROVIDERS, *(p.name for p in providers))
    values: dict[str, object] = {}
    for layer in _layers(sources, user_path, user_table, project):
        for key, value in layer.pairs:
            _set(values, layer, (key, value), known, problems)
    values.setdefault("line_length", project.line_length or Settings().line_length)
    values["convention"] = project.convention
    if not sources.is_trusted:
        values["provider"] = ("embedded",)
    return Resolved(_settings(values, providers), tuple(problems), project.root, (user_path, *project.seen))


def user_file(environment: Mapping[str, str]) -> Path:
    """Path of the user's own settings: `$GLOSSATOR_CONFIG`, else `config.toml` in the platform's folder."""
    if named := environment.get("GLOSSATOR_CONFIG"):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_config_path("glossator", appauthor=False) / "config.toml"


def _user_table(path: Path, environment: Mapping[str, str], problems: list[Problem]) -> Table:
    if not path.is_file():  # looked at before it is opened: opening a pipe would wait for a writer
        if environment.get("GLOSSATOR_CONFIG"):
            problems.append(Problem("GLOSSATOR_CONFIG", "", f"no such file: {path}", "the defaults", is_fatal=True))
        return {}
    file = read_toml(path)
    if file.error:
        problems.append(Problem(str(path), "", file.error, "the defaults", is_fatal=True))
    return file.table


def _layers(sources: Sources, user_path: Path, user_table: Table, project: ProjectFiles) -> Iterator[_Layer]:
    own = {key: value for key, value in user_table.items() if key != "providers"}
    editor = {key: value for key, value in sources.editor.items() if key not in EDITOR_OWN}
    yield _Layer(str(user_path), Reach.USER, True, tuple(_flat(own)))
    yield _Layer(project.place, Reach.WORKSPACE, False, tuple(_flat(project.settings or {})))
    yield _Layer("editor settings", Reach.EDITOR, False, tuple(_flat(editor)))
    yield _Layer("environment", Reach.USER, True, tuple(_environment_pairs(sources.environment)))
    yield _Layer("command line", Reach.USER, True, tuple((k, v) for k, v in sources.flags.items() if v is not None))


def _flat(table: Table) -> Iterator[tuple[str, object]]:
    """The table's pairs with `section.key` for what stands in a section; null, as editors send it, is not set."""
    for name, value in table.items():
        if name in SECTIONS and isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items() if inner is not None)
        elif value is not None:
            yield name, value


def _environment_pairs(environment: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    for variable, key in ENVIRONMENT:
        if value := environment.get(variable, "").strip():
            yield key, value.split(",") if key == "provider" else value


def _set(
    values: dict[str, object],
    layer: _Layer,
    pair: tuple[str, object],
    known_providers: tuple[str, ...],
    problems: list[Problem],
) -> None:
    """Put a pair into `values`, or say in `problems` why not."""
    name, value = pair
    try:
        values[name] = _checked(name, value, layer.reach, known_providers)
    except ValueError as error:
        used = "" if name not in KEYS else _shown(name, values.get(name, _default(name)))
        problems.append(Problem(layer.place, name, str(error), used, layer.is_fatal))


def _checked(name: str, value: object, reach: Reach, known_providers: tuple[str, ...]) -> object:
    key = KEYS.get(name)
    if key is None:
        if name == "providers" or name.startswith("providers."):
            raise ValueError("providers are read from the user's own settings file only")
        raise ValueError(_unknown(name, tuple(KEYS)))
    if reach > key.reach:
        raise ValueError("is read from the user's own settings file only" if key.reach is Reach.USER else _NOT_HERE)
    checked = _convert(key, name, value)
    if name == "provider":
        for chosen in cast("tuple[str, ...]", checked):
            if chosen not in known_providers:
                raise ValueError(_unknown(chosen, known_providers, "provider"))
    return checked


_NOT_HERE: Final = "is read from the user's settings file or the editor, not from a project's files"


def _convert(key: Key, name: str, value: object) -> object:
    try:
        return key.check(value)
    except ValueError as error:
        raise ValueError(f"{error}, got {_shown(name, value)}") from None


def _shown(name: str, value: object) -> str:
    """A value for a message; what could be secret or an address is shown by its type alone."""
    if name not in KEYS or KEYS[name].reach is Reach.USER:
        return f"a {type(value).__name__}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _unknown(name: str, known: tuple[str, ...], what: str = "key") -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1)
    if close:
        return f"unknown {what} {name!r}, did you mean {close[0]!r}?"
    return f"unknown {what} {name!r}" + (f", known are {', '.join(known)}" if what == "provider" else "")


def _default(name: str) -> object:
    section, _, key = name.rpartition(".")
    settings = Settings()
    return getattr(getattr(settings, section) if section else settings, key)


def _providers(tables: object, place: str, problems: list[Problem]) -> tuple[ProviderSettings, ...]:
    """The providers that the user file defines; a wrong one is left out and fatal."""
    if not isinstance(tables, dict):
        problems.append(Problem(place, "providers", "expected tables [providers.NAME]", is_fatal=True))
        return ()
    providers = []
    for name, table in tables.items():
        before = len(problems)
        where = f"providers.{name}"
        if name in BUILT_IN_PROVIDERS:
            problems.append(Problem(place, where, "is the name of a built-in provider, choose another", is_fatal=True))
        values = _provider_values(where, table, place, problems)
        if len(problems) == before:
            providers.append(ProviderSettings(name=name, **values))  # type: ignore[arg-type]
    return tuple(providers)


def _provider_values(where: str, table: object, place: str, problems: list[Problem]) -> dict[str, object]:
    values: dict[str, object] = {}
    if not isinstance(table, dict) or "kind" not in table:
        problems.append(Problem(place, where, "expected a table with a kind", is_fatal=True))
        return values
    for name, value in table.items():
        try:
            if name not in PROVIDER_KEYS:
                raise ValueError(_unknown(name, tuple(PROVIDER_KEYS)))
            values[name] = _convert(PROVIDER_KEYS[name], f"{where}.{name}", value)
        except ValueError as error:
            problems.append(Problem(place, f"{where}.{name}", str(error), is_fatal=True))
    return values


def _settings(values: Mapping[str, object], providers: tuple[ProviderSettings, ...]) -> Settings:
    """Settings from checked values; every value went through its key's check, which gives the field's type."""
    top = {key: value for key, value in values.items() if "." not in key}
    sections: dict[str, dict[str, object]] = {name: {} for name in SECTIONS}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        if section:
            sections[section][name] = value
    return Settings(
        **top,  # type: ignore[arg-type]
        providers=providers,
        cache=CacheSettings(**sections["cache"]),  # type: ignore[arg-type]
        budget=BudgetSettings(**sections["budget"]),  # type: ignore[arg-type]
        pool=PoolSettings(**sections["pool"]),  # type: ignore[arg-type]
        privacy=PrivacySettings(**sections["privacy"]),  # type: ignore[arg-type]
        local=LocalSettings(**sections["local"]),  # type: ignore[arg-type]
        monitor=MonitorSettings(**sections["monitor"]),  # type: ignore[arg-type]
        pages=PagesSettings(**sections["pages"]),  # type: ignore[arg-type]
    )
