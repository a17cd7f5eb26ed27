"""Requests as spans of OpenTelemetry, each stage a child, where whoever started the process records them.

Nothing is imported: whoever records spans has loaded the API before us (`opentelemetry-instrument glossator server`).
"""

from __future__ import annotations

import sys
import time
from time import perf_counter
from typing import TYPE_CHECKING, Any

from glossator import __version__

if TYPE_CHECKING:
    from glossator.monitor.monitor import Request


class Recorder:
    """Makes spans of requests that have ended."""

    def __init__(self, trace: Any) -> None:
        """Use a module `opentelemetry.trace`."""
        self._trace = trace
        self._tracer = trace.get_tracer("glossator", __version__)

    def record(self, request: Request, took_us: float) -> None:
        """One span for the request, and one for each of its stages, with the times that they had."""
        to_ns = time.time_ns() - int(perf_counter() * 1e9)  # from the clock of the stages to that of spans
        start_ns = int(request.started * 1e9) + to_ns
        span = self._tracer.start_span(f"glossator {request.method}", start_time=start_ns)
        span.set_attribute("rpc.system", "jsonrpc")
        span.set_attribute("rpc.method", request.method)
        context = self._trace.set_span_in_context(span)
        for stage, ended, duration_us in request.steps or ():
            end_ns = int(ended * 1e9) + to_ns
            child = self._tracer.start_span(stage, context=context, start_time=end_ns - int(duration_us * 1e3))
            child.end(end_time=end_ns)
        span.end(end_time=start_ns + int(took_us * 1e3))


def recorder() -> Recorder | None:
    """What records spans; None where nobody does."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    is_set = not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider | trace.NoOpTracerProvider)
    return Recorder(trace) if is_set else None
