"""The settings as frozen values; they can be pickled for worker processes. docs/settings.md describes every key."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One `[providers.NAME]` table of the user file; no setting holds a key itself.

    Attributes:
        name: What `provider` and reports call it: the NAME of the table.
        kind: One of openai, anthropic, ollama, llamacpp; it has to be named.
        endpoint: An http or https address; without one, the kind's own.
        model: The model's name; without one, the kind's own.
        key_env: The environment variable that holds the key.
        key_keyring: The keyring entry that holds the key.
        concurrency: 1 to 1000: how many requests it gets at once at
            first.
        max_concurrency: 1 to 1000: how many that may become; without it, as many as the mode allows.
        timeout_s: Seconds that a request may take.
        price_in: What a million tokens that it reads cost; without it, what the table says of models that it
            knows, nothing on this machine, else unknown.
        price_out: What a million tokens that it writes cost; without it, likewise.
        weight: 0 or more: how often the policy `weight` chooses it.
        trust_env: Whether proxies and certificates of the environment count (`HTTPS_PROXY`, `SSL_CERT_FILE`,
            `.netrc`).
        exam: Whether a model that costs nothing is believed only after an
            exam.
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
    """The `[cache]` table.

    Attributes:
        folder: Where the cache lies; without it, in the platform's folder.
        size_mb: 1 or more: how much of it there may be on disk.
        shared: The address (redis, rediss or unix) of a server that others use, too; without it, there is no
            fourth tier.
        shared_key_env: The environment variable that holds the key by which its entries are signed.
        ttl_days: 1 or more: how long an entry is kept.
        similarity_threshold: 0 to 1: how much of their words similar functions share.
        examples: Whether prompts show how similar code was documented.
        index: What finds similar code: words; semantic (extra `semantic`: by meaning); gpu (extra `gpu`:
            exactly, for over 100,000 entries).
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
    """The `[budget]` table; without a value, there is no limit.

    Attributes:
        cost_per_day: 0 or more: what all of a user's processes may spend in a day.
        tokens_per_day: 0 or more: how many tokens these may take.
        workspace_cost_per_day: 0 or more: what may be spent in a day for one project's files.
        workspace_tokens_per_day: 0 or more: how many tokens these may take.
        requests_per_minute: 1 or more, of each process.
        tokens_per_minute: 1 or more, of each process.
    """

    cost_per_day: float | None = None
    tokens_per_day: int | None = None
    workspace_cost_per_day: float | None = None
    workspace_tokens_per_day: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """The `[pool]` table: which of several providers is asked, and what is asked together.

    Attributes:
        policy: How it is chosen: order, latency, least, weight or cost.
        hedge: Whether a request that takes longer than most is asked of a second provider as well.
        pack: 1 to 32: so many small symbols of a workspace are asked for in one request, where requests cost
            money and more wait than can be asked.
    """

    policy: str = "order"
    hedge: bool = False
    pack: int = 4


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """The `[privacy]` table: what remote providers see of source.

    Attributes:
        literals: Whether they see literals.
        comments: Whether they see comments.
        exclude: Patterns, as in `.gitignore`, of files that no provider but the embedded one sees.
    """

    literals: bool = False
    comments: bool = False
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """The `[local]` table: the provider `local`, a small model in a process of our own.

    Attributes:
        model: A name of `glossator model list`.
        idle_s: 1 to 86400: seconds after its last answer until the model's process ends.
        threads: 1 to 1024; without it, one for each core that is not busy, at most 8.
        context_tokens: 1024 to 131072: the longest prompt with its answer.
    """

    model: str = "qwen2.5-coder-0.5b"
    idle_s: float = 600.0
    threads: int | None = None
    context_tokens: int = 4096


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """The `[monitor]` table.

    Attributes:
        prometheus: An address of this machine, such as `127.0.0.1:9464`, where a language server answers
            Prometheus.
        slow_ms: 1 or more: an editor's request that takes longer is logged with its
            stages.
    """

    prometheus: str = ""
    slow_ms: int = 1000


@dataclass(frozen=True, slots=True)
class PagesSettings:
    """The `[pages]` table.

    Attributes:
        templates: The folder with templates of your own, seen from the
            project's (project).
    """

    templates: str = ".glossator/pages"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its defaults.

    Attributes:
        provider: Who writes: a name, or a list of names (a pool, in order) (editor).
        style: One of auto, google, numpy, sphinx, epytext; auto is the file's own (project).
        line_length: 20 to 1000; without it, the project's own, else this (project).
        language: A language tag, such as "en" (project).
        init: Where `__init__`'s parameters are documented: in the docstring of the class, or of the method
            (project).
        inherit: Whether a method without documentation is left alone where the method of a base class that it
            overrides has some (project).
        hover_generates: Whether a hover over what is undocumented has the chosen model asked in the background, for
            the next hover; without it, only where all chosen providers run on this machine (editor).
        templates: Whether what follows from a pattern is written without asking a model (editor).
        code_lens: Whether the editor shows lenses above definitions (editor).
        inline_completion: Whether editors that can do so show a docstring as ghost text on the empty line below
            a header (editor).
        mode: How much of the machine is used: auto, baseline, standard, enhanced, performance (editor).
        include: Patterns as in `.gitignore`; with any, only files that match one are taken (project).
        exclude: Patterns as in `.gitignore` of files that are not taken (project).
        select: Codes or their beginnings; without any, those that are on by default (project).
        ignore: Codes or their beginnings (project).
        per_file_ignores: A table of patterns as in `.gitignore`, each with codes or their beginnings (project).
        min_coverage: 0 to 100: the percentage of public symbols that have to be documented (project).
        max_files: 1 or more; without it, there is no limit (editor).
        max_file_kb: 1 or more: larger files are left alone (editor).
        log: One of debug, info, warning, error (editor).
        convention: No key: the style that the project's other tools are set to, "" for none.
        providers: The `[providers.NAME]` tables.
        cache: The `[cache]` table.
        budget: The `[budget]` table.
        pool: The `[pool]` table.
        privacy: The `[privacy]` table.
        local: The `[local]` table.
        monitor: The `[monitor]` table.
        pages: The `[pages]` table.
    """

    provider: tuple[str, ...] = ("embedded",)
    style: str = "auto"
    line_length: int = 88
    language: str = "en"
    init: str = "class"
    inherit: bool = True
    hover_generates: bool | None = None
    templates: bool = True
    code_lens: bool = False
    inline_completion: bool = False
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
    pages: PagesSettings = PagesSettings()
