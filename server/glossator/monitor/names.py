"""The names of stages, counters and gauges. docs/monitor.md says what each one means."""

from __future__ import annotations

from typing import Final

PARSE: Final = "parse"
CHECK: Final = "check"
CONTEXT: Final = "context"
PLAN: Final = "plan"
EMBEDDED: Final = "embedded"
L1: Final = "L1"
L2: Final = "L2"
L3: Final = "L3"
L4: Final = "L4"
QUEUE: Final = "queue"
FIRST_TOKEN: Final = "first_token"  # noqa: S105 - of a stream
PROVIDER: Final = "provider"
VALIDATE: Final = "validate"
REPAIR: Final = "repair"
RENDER: Final = "render"
QUALITY: Final = "quality"
EDIT: Final = "edit"
PROOF: Final = "proof"
LOOP_LAG: Final = "loop_lag"
STAGES: Final = (
    *(PARSE, CHECK, CONTEXT, PLAN, L1, L2, L3, L4, EMBEDDED, QUEUE, FIRST_TOKEN, PROVIDER, VALIDATE, REPAIR),
    *(RENDER, EDIT, QUALITY, PROOF, LOOP_LAG),
)
"""All of them, in the order of a request."""

TIERS: Final = (L1, L2, L3, L4)

# Counters: a name and, for some, labels.
HITS: Final = "hits"  # tier
MISSES: Final = "misses"  # tier
TIER_FAILURES: Final = "tier_failures"  # tier
CALLS: Final = "calls"  # provider
TOKENS_IN: Final = "tokens_in"  # provider
TOKENS_OUT: Final = "tokens_out"  # provider
CACHED: Final = "cached"  # provider: of the tokens read, those that its own cache had
COST: Final = "cost"  # provider
PROVIDER_FAILURES: Final = "provider_failures"  # provider, kind
FAILURES: Final = "failures"  # kind: requests of an editor that were refused
COALESCED: Final = "coalesced"
PACKED: Final = "packed"
SLOW: Final = "slow"
CPU_S: Final = "cpu_s"
OF_PROVIDERS: Final = (CALLS, TOKENS_IN, TOKENS_OUT, CACHED, COST)

# Gauges.
ENTRIES: Final = "entries"  # tier
BYTES: Final = "bytes"  # tier
DEPTH: Final = "depth"  # queue
RSS_BYTES: Final = "rss_bytes"
PROCESSES: Final = "processes"
