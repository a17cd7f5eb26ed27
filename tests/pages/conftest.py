import importlib.util
from pathlib import Path

import pytest

from glossator.cli.main import main

PACKAGES = ("pathspec", "platformdirs", "stamina")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The API pages and READMEs of three installed packages, with the folder that each package lies in."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).parent
        assert main(["page", "api", str(source), "-o", f"{folder / name}/", "--provider", "embedded"]) == 0
        assert main(["page", "readme", str(source), "-o", str(folder / f"{name}.md"), "--provider", "embedded"]) == 0
        found[name] = source
    return folder, found
