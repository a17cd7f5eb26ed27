import random

import pytest

from glossator.cache.semantic import DIMENSIONS, TAG
from glossator.cache.similar import Near

torch = pytest.importorskip("torch", reason="the extra `gpu` is not installed: half a gigabyte")
numpy = pytest.importorskip("numpy")

from glossator.cache.gpu import BATCH, ExactIndex  # noqa: E402

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(params=DEVICES)
def device(request):
    return request.param


def sketches(count, seed=0, spread=127):
    """Sketches with vectors around a few directions, so that many are near to each other."""
    chosen, made = random.Random(seed), []
    centres = [[chosen.randint(-60, 60) for _ in range(DIMENSIONS)] for _ in range(8)]
    for number in range(count):
        parts = [part + chosen.randint(-spread, spread) for part in centres[number % len(centres)]]
        made.append(TAG + b"%08d" % number + bytes(max(-127, min(127, part)) & 0xFF for part in parts))
    return made


def exact(entries, sketch, count):
    """The nearest entries by a comparison in double precision with each."""

    def vector(one):
        return numpy.frombuffer(one, numpy.int8, offset=9).astype(numpy.float64)

    asked = vector(sketch)
    scored = [
        (float(vector(one) @ asked) / float(numpy.sqrt((vector(one) @ vector(one)) * (asked @ asked))), key)
        for key, one in entries.items()
    ]
    return sorted(scored, reverse=True)[:count]


def index(device, entries, bound=10_000):
    made = ExactIndex(bound, threshold=-1.0, device=device)
    for key, sketch in entries.items():
        made.add(key, sketch)
    return made


@pytest.mark.parametrize("spread", [127, 3, 0])  # 0: all that are around one direction are equally near
def test_the_answer_is_the_exact_one(device, spread):
    entries = {b"%06d" % number: sketch for number, sketch in enumerate(sketches(1500, spread=spread))}
    made = index(device, entries)
    for sketch in sketches(12, seed=9):
        asked = sketch[:1] + b"no shape" + sketch[9:]
        found = made.nearest(asked, 10)
        assert [near.key for near in found] == [key for _, key in exact(entries, asked, 10)]
        assert [near.similarity for near in found] == pytest.approx([score for score, _ in exact(entries, asked, 10)])


def test_many_questions_at_once_have_the_answers_of_each(device):
    made = index(device, {b"%06d" % number: sketch for number, sketch in enumerate(sketches(500))})
    asked = [*sketches(BATCH + 7, seed=3), b"foreign", *sketches(2, seed=4)]
    assert made.nearest_of(asked, 5) == [made.nearest(sketch, 5) for sketch in asked]
    assert made.nearest_of([], 5) == []


def test_after_any_adding_and_removing_the_answer_is_that_of_a_new_index(device):
    chosen, entries, made = random.Random(4), {}, ExactIndex(10_000, threshold=-1.0, device=device)
    for number, sketch in enumerate(sketches(600)):
        key = b"%06d" % chosen.randrange(300)
        if number % 3:
            entries[key] = sketch
            made.add(key, sketch)
        else:
            entries.pop(key, None)
            made.remove(key)
        if number % 100 == 0:
            asked = sketches(1, seed=number)[0]
            assert made.nearest(asked, 5) == index(device, entries).nearest(asked, 5)
    assert len(made) == len(entries)
    for key in list(entries):
        made.remove(key)
    assert made.nearest(sketches(1)[0], 5) == ()


def test_the_index_is_bounded_and_the_oldest_entries_go_first(device):
    made = index(device, {b"%06d" % number: sketch for number, sketch in enumerate(sketches(2000))}, bound=1500)
    assert len(made) == 1500
    assert {near.key for near in made.nearest(sketches(1)[0], 1500)} == {
        b"%06d" % number for number in range(500, 2000)
    }


def test_a_sibling_comes_first_and_the_threshold_counts(device):
    near, far, sibling = sketches(3)
    made = ExactIndex(10, threshold=0.9, device=device)
    made.add(b"near", near)
    made.add(b"far", far)
    made.add(b"sibling", sibling)
    found = made.nearest(near[:1] + sibling[1:9] + near[9:], 5)
    assert [(one.key, one.is_sibling) for one in found] == [(b"sibling", True), (b"near", False)]
    assert found[1] == Near(b"near", pytest.approx(1.0))


def test_without_a_device_named_the_gpu_is_taken_where_there_is_one():
    assert ExactIndex(1).device == DEVICES[-1]
