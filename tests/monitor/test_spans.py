"""Spans of OpenTelemetry, as its own SDK records them; nothing where nobody records."""

import subprocess
import sys

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from glossator.monitor import Monitor
from glossator.monitor.monitor import MAX_STEPS
from glossator.monitor.spans import Recorder, recorder


class Recording:
    """The module `opentelemetry.trace`, as it is in a process that records."""

    set_span_in_context = staticmethod(trace.set_span_in_context)

    def __init__(self):
        self.spans = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.get_tracer = self.provider.get_tracer


def recorded(work):
    """The spans of one request in which `work` is done with a monitor."""
    recording, monitor = Recording(), Monitor()
    monitor.recorder = Recorder(recording)
    request, token = monitor.begin("textDocument/hover")
    work(monitor)
    monitor.leave(token)
    monitor.end(request)
    return recording.spans.get_finished_spans()


def test_a_request_is_a_span_with_a_child_for_each_stage():
    def work(monitor):
        monitor.observe("context", 1_500)
        monitor.observe("plan", 250)

    *children, parent = recorded(work)
    assert parent.name == "glossator textDocument/hover"
    assert dict(parent.attributes) == {"rpc.system": "jsonrpc", "rpc.method": "textDocument/hover"}
    assert [child.name for child in children] == ["context", "plan"]
    assert [child.end_time - child.start_time for child in children] == [1_500_000, 250_000]
    assert all(child.parent.span_id == parent.context.span_id for child in children)
    assert all(child.end_time <= parent.end_time for child in children)


def test_a_request_with_thousands_of_stages_has_a_bounded_number_of_children():
    spans = recorded(lambda monitor: [monitor.observe("context", 1) for _ in range(5_000)])
    assert len(spans) == MAX_STEPS + 1


def test_nothing_is_recorded_where_no_provider_is_set():
    assert recorder() is None


def test_a_provider_that_was_set_before_us_is_found():
    code = (
        "from opentelemetry import trace; from opentelemetry.sdk.trace import TracerProvider\n"
        "trace.set_tracer_provider(TracerProvider())\n"
        "from glossator.monitor.spans import recorder; assert recorder() is not None"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_api_is_not_imported_by_us():
    code = (
        "import sys; from glossator.monitor.spans import recorder; assert recorder() is None\n"
        "import glossator.lsp.server; assert 'opentelemetry' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
