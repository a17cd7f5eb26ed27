"""Which settings, and so which documenter, a document has: those of the project that its file lies in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pygls.uris import to_fs_path

from glossator.config import Mode, Resolved, Settings, Sources, mode_of, resolve
from glossator.documenter import Documenter, Knowledge, Memos
from glossator.lsp.wire import Json
from glossator.monitor import Measured
from glossator.workspace.ignores import settings_for


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """What the editor says: its `glossator` section, the first folder, and whether the workspace is trusted."""

    section: dict[str, Json] = field(default_factory=dict)
    folder: Path | None = None
    is_trusted: bool = True


class Projects:
    """The documenters by folder. A documenter is made when the first document of its folder is opened."""

    def __init__(self, warn: Callable[[str], None], index: Knowledge, monitor: Measured) -> None:
        """Tell `warn` about each wrong setting, once; `index` is what documenters know, `monitor` watches them."""
        self._warn = warn
        self._index = index
        self._monitor = monitor
        self._editor = EditorSettings()
        self._memos: Memos | None = None
        self._documenters: dict[Settings, Documenter] = {}
        self._by_folder: dict[Path | None, Resolved] = {}
        self._by_uri: dict[str, Documenter] = {}
        self._warned: set[str] = set()
        self._files: frozenset[Path] = frozenset()

    def configure(self, editor: EditorSettings) -> bool:
        """Take the editor's settings; whether they are others than before."""
        if editor == self._editor:
            return False
        self._editor = editor
        self.forget()
        return True

    def forget(self) -> None:
        """Read all settings anew when they are needed next."""
        self._by_folder.clear()
        self._by_uri.clear()
        self._documenters.clear()

    def documenter(self, uri: str) -> Documenter:
        """The documenter of a document. Cost: a look-up; about 1 ms for the first document of a folder."""
        if uri in self._by_uri:
            return self._by_uri[uri]
        path = to_fs_path(uri) if uri.startswith("file:") else None
        settings = self._settings(Path(path)) if path else self._resolved(self._editor.folder).settings
        # Documents with the same settings share a documenter, and with it what it remembers.
        if settings not in self._documenters:
            self._documenters[settings] = Documenter(settings, self._index, self._monitor, self.memos)
        documenter = self._by_uri[uri] = self._documenters[settings]
        return documenter

    def _settings(self, file: Path) -> Settings:
        resolved = self._resolved(file.parent)
        return settings_for(file, resolved.settings, resolved.root or file.parent)

    def _resolved(self, folder: Path | None) -> Resolved:
        if folder not in self._by_folder:
            self._by_folder[folder] = self.resolve(folder)
        return self._by_folder[folder]

    @property
    def exclude(self) -> tuple[str, ...]:
        """The patterns of files that are withheld from providers; the user's own, so the same for all projects."""
        return self.settings.privacy.exclude

    @property
    def settings(self) -> Settings:
        """The settings of the first folder; what only the user's own file sets is the same for all projects."""
        return self._resolved(self._editor.folder).settings

    @property
    def mode(self) -> Mode:
        """The memory mode of the server: no project's settings choose one, so it is the same for all."""
        return mode_of(self._resolved(self._editor.folder).settings.mode)

    @property
    def memos(self) -> Memos:
        """What was read from definitions; all documenters share it."""
        if self._memos is None:
            self._memos = Memos.of(self.mode)
        return self._memos

    @property
    def documenters(self) -> tuple[Documenter, ...]:
        """Those that were made so far."""
        return tuple(self._documenters.values())

    def closed(self, uri: str) -> None:
        """Forget which documenter a document has."""
        self._by_uri.pop(uri, None)

    def resolve(self, folder: Path | None) -> Resolved:
        """The settings of a folder; what is wrong with them is shown to the user, once."""
        resolved = resolve(self.sources(folder))
        for problem in resolved.problems:
            if (text := str(problem)) not in self._warned:
                self._warned.add(text)
                self._warn(text)
        return resolved

    def sources(self, folder: Path | None) -> Sources:
        """Where the settings of a folder come from."""
        return Sources(folder, editor=self._editor.section, is_trusted=self._editor.is_trusted)
