"""What runs that overlap share."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack

from glossator.lsp.apart import Sharing


def now():
    return gc.get_threshold(), sys.getswitchinterval()


def test_runs_that_overlap_leave_the_process_as_it_was():
    before, shared = now(), Sharing()
    with ExitStack() as first:
        second = ExitStack()
        first.enter_context(shared.on())
        inside = now()
        second.enter_context(shared.on())
    assert now() == inside != before
    second.close()
    assert now() == before
