"""Files whose source no provider but the embedded one ever gets, and that are not read for what they say about others.

These are the files that a `.glossatorignore` file has, those that the user's `privacy.exclude` has, and those whose
names say that secrets are what they are for. Nothing in a project takes one of the last two out of this again.
"""

from __future__ import annotations

import fnmatch
import os
import re
from functools import cache
from pathlib import Path
from typing import Final

from glossator.workspace.ignores import KeptBack, matches

# Names of files and folders, in lower case. Most of these are no Python files, which is all that is read today.
CONFIDENTIAL: Final = (
    *(".env", ".env.*", "*.env", ".envrc", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".my.cnf", ".htpasswd"),
    *(".git-credentials", ".dockercfg", ".boto", ".s3cfg", "kubeconfig", "*.kubeconfig", ".vault-token"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.asc", "*.gpg"),
    *("*_rsa", "*_dsa", "*_ecdsa", "*_ed25519", "id_rsa*", "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json"),
    *(
        "credential.*",
        "credentials",
        "credentials.*",
        "*_credentials.*",
        "secret.*",
        "secrets",
        "secrets.*",
        "*_secrets.*",
    ),
    *(".secrets", "password.*", "passwords.*", "local_settings.*", "settings_local.*"),
    *(".ssh", ".gnupg", ".aws", ".azure", ".gcloud", ".kube", ".docker", ".terraform"),
)
_HOME: Final = "~/"


def may_be_sent(file: Path, exclude: tuple[str, ...], root: Path) -> bool:
    """Whether a provider may see the source of a file: neither its name nor what it is a link to is withheld.

    `exclude` is the user's `privacy.exclude`; its patterns are relative to `root`, those with `~/` to the home folder.
    For a file outside of `root` they are relative to the top. Cost: 0.3 ms, on the disk.
    """
    names = (Path(os.path.abspath(file)), Path(os.path.realpath(file)))
    bases = (Path(os.path.abspath(root)), Path(os.path.realpath(root)))
    kept_back = KeptBack()
    return not any(
        is_withheld(name, exclude, base) or kept_back.has(name) for name, base in zip(names, bases, strict=True)
    )


def is_withheld(file: Path, exclude: tuple[str, ...], root: Path) -> bool:
    """Whether its name or a pattern of the user's holds a file back; both paths are absolute. Touches no disk."""
    relative = file.relative_to(root if file.is_relative_to(root) else file.anchor).as_posix()
    if any(map(_confidential().fullmatch, relative.lower().split("/"))):
        return True
    return bool(exclude) and (matches(_here(exclude), relative) or _is_in_home(file, exclude))


def _here(exclude: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns that are relative to the project."""
    return tuple(pattern for pattern in exclude if not pattern.startswith(_HOME))


def _is_in_home(file: Path, exclude: tuple[str, ...]) -> bool:
    """Whether a pattern for the home folder has a file."""
    home = Path.home()
    patterns = [pattern[1:] for pattern in exclude if pattern.startswith(_HOME)]
    return bool(patterns) and file.is_relative_to(home) and matches(patterns, file.relative_to(home).as_posix())


@cache
def _confidential() -> re.Pattern[str]:
    """All names in one pattern; made on first use, since it never changes."""
    return re.compile("|".join(map(fnmatch.translate, CONFIDENTIAL)))
