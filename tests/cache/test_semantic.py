import os
import random
import subprocess
import sys

import pytest

from glossator.cache.semantic import SIZE, Encoder, SemanticIndex
from glossator.cache.similar import sketch_of
from glossator.syntax.tokens import Tokens

GROUPS = {
    "files": ["read file path", "load document path", "open file name", "write file path", "save document path"],
    "numbers": ["sum of squares", "multiply matrix vector", "mean of numbers", "square root", "matrix inverse"],
    "people": ["user login password", "sign in user", "account password reset", "user account name", "sign out user"],
}


@pytest.fixture(scope="module")
def encoder():
    return Encoder()


@pytest.fixture
def sketch(encoder):
    def made(text, shape=None):
        return encoder.sketch_of(Tokens(shape or os.urandom(8), tuple(text.encode().split())))

    return made


@pytest.fixture
def index(sketch):
    made = SemanticIndex(100, threshold=0.2)
    for texts in GROUPS.values():
        for text in texts:
            made.add(text.encode(), sketch(text))
    return made


def test_what_means_the_same_is_near_in_other_words(index, sketch):
    for text, group in (("fetch the folder", "files"), ("divide two fractions", "numbers"), ("log on", "people")):
        assert index.nearest(sketch(text), 1)[0].key.decode() in GROUPS[group]


def test_the_most_similar_comes_first_and_nothing_below_the_threshold(index, sketch):
    found = index.nearest(sketch("read file path"), 15)
    assert found[0].key == b"read file path"
    assert found[0].similarity == pytest.approx(1, abs=1e-3)
    assert [near.similarity for near in found] == sorted((near.similarity for near in found), reverse=True)
    assert min(near.similarity for near in found) >= 0.2


def test_a_sibling_comes_first_however_it_is_called(index, sketch):
    index.add(b"sibling", sketch("quantum violin", b"8 bytes."))
    found = index.nearest(sketch("read file path", b"8 bytes."), 2)
    assert [near.key for near in found] == [b"sibling", b"read file path"]
    assert [near.is_sibling for near in found] == [True, False]


def test_the_index_is_bounded_forgets_and_replaces(sketch):
    made = SemanticIndex(3, threshold=0.5)
    for text in ("read file path", "mean of numbers", "user account name", "square root"):
        made.add(text.encode(), sketch(text))
    assert len(made) == 3
    assert made.nearest(sketch("read file path"), 1) == ()
    made.add(b"square root", sketch("read file path"))
    assert [near.key for near in made.nearest(sketch("read file path"), 5)] == [b"square root"]
    made.fit(1)
    assert len(made) == 1
    made.remove(b"square root")
    made.remove(b"never there")
    assert made.nearest(sketch("read file path"), 5) == ()


def test_sketches_of_a_foreign_kind_are_passed_over(index):
    foreign = sketch_of(Tokens(b"8 bytes.", (b"read", b"file", b"path")))
    index.add(b"foreign", foreign)
    assert len(index) == 15
    assert index.nearest(foreign, 5) == ()


def test_a_definition_without_words_has_a_sketch(index, sketch):
    assert len(sketch("")) == SIZE
    index.add(b"nameless", sketch("", b"8 bytes."))
    assert index.nearest(sketch("x y", b"8 bytes."), 1)[0].key == b"nameless"


def test_the_graph_nearly_always_finds_the_nearest(sketch):
    words = [word for texts in GROUPS.values() for text in texts for word in text.split()]
    chosen = random.Random(2)
    made, texts = SemanticIndex(2000, threshold=0.2), []
    for number in range(1000):
        texts.append(" ".join(chosen.sample(words, 6)))
        made.add(b"%d" % number, sketch(texts[-1]))
    found = [made.nearest(sketch(texts[number]), 1)[0].similarity for number in range(0, 1000, 10)]
    assert sum(similarity > 0.999 for similarity in found) >= 97


def test_nothing_is_downloaded(tmp_path):
    code = (
        "import sys\n"
        "def refuse(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname'): raise RuntimeError(event)\n"
        "sys.addaudithook(refuse)\n"
        "from glossator.cache.semantic import Encoder\n"
        "from glossator.syntax.tokens import Tokens\n"
        "print(len(Encoder().sketch_of(Tokens(bytes(8), (b'read', b'file')))))\n"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(SIZE)
    assert list(tmp_path.rglob("*")) == []


def test_without_the_extra_there_is_an_import_error_and_words_still_work():
    code = (
        "import sys\n"
        "sys.modules.update(wordllama=None, usearch=None, numpy=None)\n"
        "from glossator.cache.semantic import Encoder, SemanticIndex\n"
        "from glossator.cache.similar import WordIndex\n"
        "for extra in (Encoder, lambda: SemanticIndex(1)):\n"
        "    try: extra()\n"
        "    except ImportError: print('refused')\n"
        "print(len(WordIndex(1)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["refused", "refused", "0"]
