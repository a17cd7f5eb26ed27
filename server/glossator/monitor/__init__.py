"""What the stages of a request take, what is counted, and how that gets out. Numbers and names of ours, nothing else.

histogram  durations in buckets, each within 1% of the truth
measured   durations and counts of one piece of work: a value, also from another process
monitor    those of a process, with what is asked for when somebody looks; which request a stage belongs to
snapshot   all of it at one moment, to be added up, written down and shown
records    a snapshot as bytes, and back
files      the snapshots of all processes of this user, in one folder
report     a snapshot as `glossator stats --json` has it
prometheus a snapshot as text for Prometheus
endpoint   that text, served on this machine
spans      requests as spans of OpenTelemetry, where somebody records them
"""

from glossator.monitor.histogram import Histogram
from glossator.monitor.measured import Measured
from glossator.monitor.monitor import Monitor
from glossator.monitor.snapshot import Snapshot

__all__ = ["Histogram", "Measured", "Monitor", "Snapshot"]
