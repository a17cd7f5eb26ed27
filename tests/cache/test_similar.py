import os
import random
import subprocess
import sys
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.cache.candidates import Candidates
from glossator.cache.memory import Memory
from glossator.cache.similar import MAX_MEETING, MAX_WORDS, Near, WordIndex, sketch_of
from glossator.cache.tiers import Tiers
from glossator.syntax.tokens import Tokens

# Words with hashes of their own, so that what is compared is exact.
WORDS = list({crc32(word) & 0xFFFF: word for word in (b"word%d" % number for number in range(400))}.values())


def sketch(words, shape=None):
    """A sketch of words given as text or as a list; code has a shape of its own, unless it is told."""
    listed = tuple(words.encode().split()) if isinstance(words, str) else tuple(words)
    return sketch_of(Tokens(shape or os.urandom(8), listed))


def index(threshold=0.85, entries=100, **texts):
    """An index of texts by key."""
    made = WordIndex(entries, threshold)
    for key, text in texts.items():
        made.add(key.encode(), sketch(text))
    return made


def keys(found):
    return [near.key.decode() for near in found]


SOME = "client get value store lookup json loads key default str"


def test_what_shares_its_words_is_found_the_most_similar_first():
    made = index(0.5, same=SOME, close=SOME + " cached", further=SOME.replace("json loads", "yaml parse"))
    found = made.nearest(sketch(SOME), 5)
    assert keys(found) == ["same", "close", "further"]
    assert [round(near.similarity, 2) for near in found] == [1.0, 0.91, 0.67]
    assert keys(made.nearest(sketch(SOME), 2)) == ["same", "close"]


def test_what_is_less_similar_than_the_threshold_is_not_near():
    texts = {"close": SOME + " cached", "further": SOME.replace("json loads", "yaml parse")}
    assert keys(index(**texts).nearest(sketch(SOME), 5)) == ["close"]
    assert keys(index(0.95, **texts).nearest(sketch(SOME), 5)) == []


def test_what_has_other_words_is_never_found():
    made = index(0.0, other="matrix invert rows columns determinant pivot")
    assert made.nearest(sketch(SOME), 5) == ()


def test_a_sibling_comes_first_however_it_is_called():
    shape = b"8 bytes."
    made = index(same=SOME)
    made.add(b"sibling", sketch("session drop entry table erase", shape))
    assert made.nearest(sketch(SOME, shape), 5) == (Near(b"sibling", 0.0, True), Near(b"same", 1.0))


def test_of_many_siblings_those_with_the_most_similar_words_are_near():
    shape = b"8 bytes."
    made = WordIndex(1000)
    for number in range(MAX_MEETING):
        made.add(b"%d" % number, sketch(f"other{number} kind{number} thing{number}", shape))
    made.add(b"close", sketch(SOME + " cached", shape))
    found = made.nearest(sketch(SOME, shape), 3)
    assert found[0].key == b"close"
    assert [near.is_sibling for near in found] == [True, True, True]


@pytest.mark.parametrize("text", ["", "alone", "two words", "but three words"])
def test_few_words_are_found_too(text):
    assert keys(index(same=text, other="matrix").nearest(sketch(text), 5)) == (["same"] if text else [])


def test_an_entry_that_is_removed_is_not_found():
    made = index(same=SOME, close=SOME + " cached")
    made.remove(b"same")
    made.remove(b"never there")
    assert keys(made.nearest(sketch(SOME), 5)) == ["close"]
    assert len(made) == 1


def test_an_entry_that_is_added_again_has_its_new_sketch():
    made = index(it=SOME)
    made.add(b"it", sketch("matrix invert rows columns"))
    assert made.nearest(sketch(SOME), 5) == ()
    assert keys(made.nearest(sketch("matrix invert rows columns"), 5)) == ["it"]
    assert len(made) == 1


def test_the_index_is_bounded_and_the_oldest_entries_go_first():
    made = WordIndex(entries=3)
    for number in range(5):
        made.add(b"%d" % number, sketch(SOME))
    made.add(b"2", sketch(SOME))  # now it is the newest
    made.add(b"5", sketch(SOME))
    assert len(made) == 3
    assert sorted(keys(made.nearest(sketch(SOME), 9))) == ["2", "4", "5"]


def test_a_smaller_bound_holds_at_once_and_in_candidates_too():
    made = WordIndex(entries=5)
    for number in range(5):
        made.add(b"%d" % number, sketch(SOME))
    candidates = Candidates(made, 5)
    candidates.fit(2)
    assert len(candidates) == len(made) == 2
    assert sorted(keys(made.nearest(sketch(SOME), 9))) == ["3", "4"]
    tiers = Tiers(Memory(10), candidates=candidates)
    tiers.fit_similar(1)
    assert tiers.similar_entries == 1
    alone = Tiers(Memory(10))
    alone.fit_similar(1)
    assert alone.similar_entries == 0


def test_what_was_forgotten_leaves_nothing_behind():
    made = WordIndex(entries=50, threshold=0.0)
    chosen = random.Random(1)
    for number in range(2000):
        made.add(b"%d" % number, sketch(chosen.sample(WORDS[:60], 12), shape=b"%08d" % (number % 7)))
    for number in range(2000):
        made.remove(b"%d" % number)
    assert len(made) == 0
    assert made._meetings._places == {}


def test_places_where_all_meet_stay_small():
    made = WordIndex(entries=5000)
    for number in range(1000):
        made.add(b"%d" % number, sketch(SOME, shape=b"8 bytes."))
    assert max(len(found) for found in made._meetings._places.values() if isinstance(found, list)) == MAX_MEETING
    assert len(made.nearest(sketch(SOME), 5)) == 5


@pytest.mark.parametrize(
    "foreign", [b"", b"\x01", b"\x02" + bytes(20), b"\x01" + bytes(9), b"\x01" + bytes(8 + 2 * 28)]
)
def test_sketches_of_a_foreign_kind_are_passed_over(foreign):
    made = index(same=SOME)
    made.add(b"foreign", foreign)
    assert len(made) == 1
    assert made.nearest(foreign, 5) == ()


def test_a_sketch_is_small_and_holds_no_word():
    for count in (0, 1, 10, 27, 400):
        made = sketch(WORDS[:count])
        assert len(made) == 9 + 2 * min(count, MAX_WORDS)
        assert b"word" not in made


@given(st.sets(st.sampled_from(WORDS), max_size=MAX_WORDS), st.sets(st.sampled_from(WORDS), max_size=MAX_WORDS))
def test_a_sketch_is_that_of_a_set(some, others):
    shape = b"8 bytes."
    assert sketch(some, shape) == sketch(sorted(some), shape)
    assert (sketch(some, shape) == sketch(others, shape)) == (some == others)


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_similarity_is_that_of_jaccard_within_its_error(seed, common, mine, theirs):
    chosen = random.Random(seed).sample(WORDS, common + mine + theirs)
    shape = b"8 bytes."
    made = WordIndex(9, threshold=0.0)
    made.add(b"it", sketch(chosen[: common + theirs], shape))
    found = made.nearest(sketch([*chosen[:common], *chosen[common + theirs :]], shape), 1)
    is_complete = max(common + mine, common + theirs) < MAX_WORDS  # a full one may have been cut
    allowed = 1e-9 if is_complete else 0.45  # the deviation of cut ones is below 0.1
    assert abs(found[0].similarity - common / (common + mine + theirs)) <= allowed


def test_similarity_of_cut_sketches_has_no_bias():
    chosen, errors = random.Random(3), []
    for _ in range(400):
        words = chosen.sample(WORDS, 100)
        made = WordIndex(9, threshold=0.0)
        made.add(b"it", sketch(words[:80], b"8 bytes."))
        errors.append(made.nearest(sketch(words[20:], b"8 bytes."), 1)[0].similarity - 0.6)
    assert abs(sum(errors) / len(errors)) < 0.01
    assert (sum(error**2 for error in errors) / len(errors)) ** 0.5 < 0.1


def test_a_near_entry_is_found_among_thousands():
    chosen = random.Random(5)
    made, asked, found = WordIndex(10_000), [], 0
    for number in range(5000):
        words = chosen.sample(WORDS, 14)
        made.add(b"%d" % number, sketch(words))
        asked.append([*words[:13], chosen.choice(WORDS)])
    for number in range(0, 5000, 25):
        found += b"%d" % number in [near.key for near in made.nearest(sketch(asked[number]), 5)]
    assert found == 200


def test_sketches_and_answers_are_the_same_in_every_process():
    code = (
        "from glossator.cache.similar import WordIndex, sketch_of\n"
        "from glossator.syntax.tokens import Tokens\n"
        "def made(n): return sketch_of(Tokens(b'%08d' % n, tuple(b'w%d' % (w * n % 97) for w in range(12))))\n"
        "index = WordIndex(1000, 0.1)\n"
        "for n in range(300): index.add(b'%d' % n, made(n))\n"
        "print([made(n).hex() for n in range(9)], [index.nearest(made(n), 5) for n in range(50)])\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(printed) == 1


def test_a_sketch_is_what_it_was_in_every_version():
    assert sketch(SOME, b"8 bytes.").hex() == (
        "01382062797465732e"  # its kind, and the shape
        "df0055044525702e34587758f9a336a5a9ab05b1"
    )
