import hashlib
import os
import stat

import pytest

from glossator.errors import ConfigError, Refused, SourceError
from glossator.providers import models
from glossator.providers.models import MODELS, Library, Model

WEIGHTS = b"GGUF" + bytes(range(256)) * 40
TINY = Model("tiny", len(WEIGHTS), "MIT", hashlib.sha256(WEIGHTS).hexdigest(), "https://nowhere.invalid/tiny.gguf")


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "models", {"tiny": TINY})


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "from-a-stick.gguf"
    path.write_bytes(WEIGHTS)
    return path


def test_every_known_model_has_a_digest_and_an_https_address_of_one_revision():
    for model in MODELS.values():
        assert len(bytes.fromhex(model.sha256)) == 32
        assert model.url.startswith("https://")
        assert "/main/" not in model.url
    assert models.DEFAULT in MODELS
    assert min(MODELS.values(), key=lambda model: model.size_bytes).name == models.DEFAULT


def test_an_unknown_name_is_refused_with_the_names_that_there_are(library):
    with pytest.raises(ConfigError, match="'huge', known are tiny"):
        library.find("huge")


def test_missing_weights_say_how_to_get_them(library):
    with pytest.raises(Refused, match="glossator model pull tiny"):
        library.weights("tiny")


def test_a_file_of_a_known_model_is_taken_over_for_the_user_alone(library, source):
    path = library.adopt("tiny", source)
    assert library.weights("tiny") == path
    assert path.read_bytes() == WEIGHTS
    assert stat.S_IMODE(library.folder.stat().st_mode) == 0o700


def test_a_file_on_another_disk_is_copied(library, source, monkeypatch):
    def link(*_paths):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", link)
    path = library.adopt("tiny", source)
    assert path.read_bytes() == WEIGHTS
    assert path.stat().st_ino != source.stat().st_ino


def test_another_file_under_a_known_name_is_refused(library, source):
    source.write_bytes(WEIGHTS[:-1] + b"x")
    with pytest.raises(SourceError, match="digest"):
        library.adopt("tiny", source)
    assert not library.has("tiny")


def test_a_file_of_another_kind_is_refused(library, source):
    source.write_bytes(b"PK" + WEIGHTS)
    with pytest.raises(SourceError, match="no GGUF"):
        library.adopt("mine", source)


def test_a_model_of_ones_own_is_known_by_the_digest_that_it_had(library, source):
    library.adopt("mine", source)
    assert [model.name for model in library.known()] == ["tiny", "mine"]
    source.write_bytes(WEIGHTS + b"more")  # a hard link: the same file
    with pytest.raises(Refused, match="wrong digest"):
        library.weights("mine")


@pytest.mark.parametrize("name", ["../up", "Big", "", "a/b", ".hidden"])
def test_a_name_that_is_no_file_name_is_refused(library, source, name):
    with pytest.raises(ConfigError, match="not a name"):
        library.adopt(name, source)


def test_weights_that_changed_are_set_aside_and_not_loaded(library, source):
    path = library.adopt("tiny", source)
    path.unlink()
    path.write_bytes(WEIGHTS[:-1] + b"x")
    assert not library.is_right(TINY)
    with pytest.raises(Refused, match="wrong digest"):
        library.weights("tiny")
    assert not library.has("tiny")
    assert path.with_name("tiny.gguf.wrong").exists()


def test_a_digest_is_found_once_for_each_file(library, source, monkeypatch):
    library.adopt("tiny", source)
    read = []
    monkeypatch.setattr(models, "digest", lambda path: read.append(path) or TINY.sha256)
    assert library.is_right(TINY)
    assert read == []
    os.utime(library.path("tiny"), ns=(1, 1))
    assert library.is_right(TINY)
    assert library.is_right(TINY)
    assert len(read) == 1


@pytest.mark.parametrize("note", ["", "{", "[]", '{"sha256": 1}', '{"sha256": [], "size_bytes": "x"}'])
def test_a_broken_note_means_that_nobody_looked(library, source, note):
    library.adopt("tiny", source)
    (library.folder / "tiny.json").write_text(note)
    (library.folder / "odd.json").write_text(note)
    assert library.is_right(TINY)
    assert library.known() == (TINY,)


def test_removing_says_what_it_frees_and_leaves_nothing(library, source):
    library.adopt("tiny", source)
    library.part("tiny").write_bytes(b"half")
    source.unlink()
    assert library.remove("tiny") > len(WEIGHTS)
    assert list(library.folder.iterdir()) == []
    assert library.remove("tiny") is None


def test_weights_that_stand_elsewhere_too_free_nothing(library, source):
    library.adopt("tiny", source)
    assert source.stat().st_nlink == 2
    assert library.remove("tiny") < len(WEIGHTS)
    assert source.read_bytes() == WEIGHTS
