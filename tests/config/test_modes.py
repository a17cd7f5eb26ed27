import dataclasses
import pickle
from itertools import pairwise

import pytest

from glossator.config import MODES, Settings, mode_of

GIB = 1 << 30


def test_the_four_modes_double_from_one_to_the_next():
    table = [(m.name, m.memory_gb, m.workers, m.documents, m.l1_entries) for m in MODES.values()]
    assert table == [
        ("baseline", 2, 4, 10, 100),
        ("standard", 4, 8, 50, 500),
        ("enhanced", 8, 16, 200, 2000),
        ("performance", 16, 32, 1000, 10000),
    ]


@pytest.mark.parametrize(
    ("memory_gb", "want"),
    [(0, "standard"), (1, "baseline"), (4, "baseline"), (8, "standard"), (31, "enhanced"), (64, "performance")],
)
def test_auto_takes_at_most_half_of_the_memory(memory_gb, want):
    assert mode_of("auto", memory_gb * GIB).name == want


def test_a_named_mode_is_taken_whatever_the_memory():
    assert mode_of("performance", GIB).name == "performance"


def test_a_larger_mode_has_no_smaller_share_of_anything():
    shares = [dataclasses.astuple(mode)[1:] for mode in MODES.values()]
    for smaller, larger in pairwise(shares):
        assert all(more > less for less, more in zip(smaller, larger, strict=True))


def test_settings_travel_to_worker_processes():
    assert pickle.loads(pickle.dumps(Settings())) == Settings()
