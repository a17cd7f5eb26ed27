"""The settings as frozen values; they can be pickled for worker processes. docs/settings.md describes every key."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One `[providers.NAME]` table of the user file.

    `concurrency` is how many requests it gets at once to begin with, `max_concurrency` how many that may become (None:
    as many as the mode allows). `key_env` and `key_keyring` name where the key is kept; no setting holds a key itself.
    Prices are per million tokens, None where the user sets none. `trust_env` lets the environment's proxies and
    certificates count. `exam` is whether a model that costs nothing has to answer known questions first.
    """

    name: str
    kind: str
    endpoint: str = ""
    model: str = ""
    key_env: str = ""
    key_keyring: str = ""
    concurrency: int = 4
    max_concurrency: int | None = None
    timeout_s: float = 60.0
    price_in: float | None = None
    price_out: float | None = None
    weight: float = 1.0
    trust_env: bool = False
    exam: bool = True


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """The `[cache]` table; an empty `folder` means the platform's cache folder, an empty `shared` no fourth tier.

    `examples` is whether prompts show how similar code was documented, `index` what finds similar code.
    """

    folder: str = ""
    size_mb: int = 512
    shared: str = field(default="", repr=False)  # the address may hold a password
    shared_key_env: str = ""
    ttl_days: int = 90
    similarity_threshold: float = 0.85
    examples: bool = False
    index: str = "words"


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """The `[budget]` table; None means no limit.

    Days count what all of a user's processes spend, those of a workspace what is spent for its files alone.
    """

    cost_per_day: float | None = None
    tokens_per_day: int | None = None
    workspace_cost_per_day: float | None = None
    workspace_tokens_per_day: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """The `[pool]` table: which of several providers is asked, and whether a slow one's request goes to a second.

    Up to `pack` small symbols of a workspace are asked for in one request, where requests cost money.
    """

    policy: str = "order"
    hedge: bool = False
    pack: int = 4


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """The `[privacy]` table: whether remote providers see literals and comments, and files that they never see."""

    literals: bool = False
    comments: bool = False
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """The `[local]` table: the provider `local`, a small model in a process of our own.

    `model` is a name of `glossator model list`; the process ends `idle_s` seconds after its last answer; `threads` None
    means one for each core that is not busy; `context_tokens` is the longest prompt with its answer.
    """

    model: str = "qwen2.5-coder-0.5b"
    idle_s: float = 600.0
    threads: int | None = None
    context_tokens: int = 4096


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """The `[monitor]` table: where a server answers Prometheus ("" for nowhere), and what counts as a slow request."""

    prometheus: str = ""
    slow_ms: int = 1000


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its defaults.

    `provider` is a pool; `style`, `mode` and `init` hold the words of docs/settings.md; an empty `select`
    means the codes that are on by default; `per_file_ignores` are pairs of a file pattern and codes; `line_length` is
    the project's own; `max_files` None means no limit; `convention` is the style that the project's other tools are
    set to ("" for none): no key, but read from theirs.
    """

    provider: tuple[str, ...] = ("embedded",)
    style: str = "auto"
    line_length: int = 88
    language: str = "en"
    init: str = "class"
    inherit: bool = True
    hover_generates: bool = False
    templates: bool = True
    code_lens: bool = False
    mode: str = "auto"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    min_coverage: float = 0.0
    max_files: int | None = None
    max_file_kb: int = 1024
    log: str = "warning"
    convention: str = ""
    providers: tuple[ProviderSettings, ...] = ()
    cache: CacheSettings = CacheSettings()
    budget: BudgetSettings = BudgetSettings()
    pool: PoolSettings = PoolSettings()
    privacy: PrivacySettings = PrivacySettings()
    local: LocalSettings = LocalSettings()
    monitor: MonitorSettings = MonitorSettings()
