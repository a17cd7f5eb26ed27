"""Real git repositories for tests: nobody's settings, an identity from the environment."""

import os
import subprocess

IDENTITY = {
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.org" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


class Repository:
    """A git repository in a folder, which is made."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        """Run git here; what it prints."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**os.environ, **IDENTITY}, capture_output=True, check=True
        )
        return done.stdout.decode()

    def write(self, **texts):
        """Write files: `a="..."` is a.py."""
        for name, text in texts.items():
            (self.folder / f"{name}.py").write_bytes(text.encode())

    def commit(self, **texts):
        """Write files and commit all that there is."""
        self.write(**texts)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
