"""When settings arrive or change: after `initialized`, when the editor says so, and when a settings file is saved."""

from __future__ import annotations

from lsprotocol import types

from glossator.lsp import wire
from glossator.lsp.session import Session
from glossator.lsp.wire import Json

FILES = ("pyproject.toml", "glossator.toml")
WATCHED = tuple(f"**/{name}" for name in FILES)


def initialized(session: Session, _params: Json) -> None:
    """Take the settings of `initialize`, ask for those of the workspace, and ask to hear of changes."""
    session.configure(None)
    if session.client.gives_configuration:
        session.ask_configuration()
    if registrations := _registrations(session):
        session.protocol.send_request(
            types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations=registrations)
        )


def did_change_configuration(session: Session, params: Json) -> None:
    """Take the editor's settings: those that it sent, or, as most editors send none, those that it gives when asked."""
    sent = wire.optional(params, "settings", "glossator")
    if isinstance(sent, dict):
        session.configure(sent)
    elif session.client.gives_configuration:
        session.ask_configuration()


def did_change_watched_files(session: Session, params: Json) -> None:
    """A project's settings were saved: read them anew. Some clients tell of all files, thousands on a checkout."""
    if not _may_be_settings(wire.optional(params, "changes")):
        return
    session.projects.forget()
    session.providers_changed()
    session.settings_changed()


def _may_be_settings(changes: Json) -> bool:
    """Whether a file with settings is among those that changed; also where it cannot be read which these are."""
    if not isinstance(changes, list) or not changes:
        return True
    uris = [wire.optional(change, "uri") for change in changes]
    return any(not isinstance(uri, str) or uri.endswith(FILES) for uri in uris)


def _registrations(session: Session) -> list[types.Registration]:
    client = session.client
    wanted = []
    if client.registers_configuration:
        options: object = types.DidChangeConfigurationRegistrationOptions(section="glossator")
        wanted.append(types.Registration("glossator-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if client.registers_watchers:
        watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        wanted.append(types.Registration("glossator-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    return wanted
