import os
from operator import attrgetter

import pytest

from glossator.config import LocalSettings, Settings, Sources, load, resolve
from glossator.config.files import project_files, read_toml
from glossator.config.keys import KEYS, PROVIDER_KEYS, Reach
from glossator.errors import ConfigError

WRONG = (None, True, -1, 10**12, 1.5, "", "no such word", ["", 3], {"a": 1})


@pytest.fixture
def project(tmp_path):
    """A repository's root folder, so that no file above it counts."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def sources(tmp_path, project):
    """Sources of the project, with the user file `user.toml` (empty unless `user` is given)."""

    def build(user="", **rest):
        path = tmp_path / "user.toml"
        path.write_text(user)
        environment = {"GLOSSATOR_CONFIG": str(path), **rest.pop("environment", {})}
        return Sources(rest.pop("folder", project), environment, **rest)

    return build


def test_without_any_source_the_defaults_hold(sources):
    resolved = resolve(sources())
    assert resolved.settings == Settings()
    assert resolved.problems == ()


def test_each_source_overrides_the_one_before(sources, project):
    (project / "pyproject.toml").write_text('[tool.glossator]\nstyle = "numpy"\n')
    assert resolve(sources('style = "google"')).settings.style == "numpy"
    assert resolve(sources(editor={"style": "sphinx"})).settings.style == "sphinx"
    assert resolve(sources(editor={"style": "sphinx"}, flags={"style": "epytext"})).settings.style == "epytext"
    environment = {"GLOSSATOR_MODE": "baseline"}
    assert resolve(
        sources('mode = "standard"', editor={"mode": "enhanced"}, environment=environment)
    ).settings.mode == ("baseline")


def test_a_flag_that_was_not_given_does_not_override(sources):
    assert resolve(sources('style = "numpy"', flags={"style": None})).settings.style == "numpy"


def test_the_whole_user_file_is_read(sources):
    user = """
provider = ["local", "fast"]
style = "numpy"
line_length = 100
language = "de"
init = "method"
hover_generates = true
mode = "enhanced"
include = ["src/**"]
exclude = ["build"]
select = ["GLS1"]
ignore = ["GLS105"]
min_coverage = 80
max_files = 10
max_file_kb = 64
[providers.fast]
kind = "openai"
endpoint = "http://127.0.0.1:8080/v1"
model = "small"
key_env = "FAST_KEY"
concurrency = 2
timeout_s = 5
price_in = 0.1
price_out = 0.4
weight = 2
[cache]
folder = "/var/cache/x"
size_mb = 10
shared = "redis://localhost"
shared_key_env = "HMAC"
ttl_days = 3
similarity_threshold = 0.9
[budget]
cost_per_day = 1.5
tokens_per_day = 1000
requests_per_minute = 5
[pool]
policy = "least"
hedge = true
[privacy]
literals = true
comments = true
exclude = ["secrets/"]
[local]
model = "qwen2.5-coder-7b"
idle_s = 30
threads = 3
context_tokens = 8192
"""
    resolved = load(sources(user))
    settings = resolved.settings
    assert resolved.problems == ()
    assert settings.provider == ("local", "fast")
    assert settings.providers[0].timeout_s == 5.0
    assert settings.cache.similarity_threshold == 0.9
    assert settings.budget.tokens_per_day == 1000
    assert (settings.pool.policy, settings.pool.hedge) == ("least", True)
    assert settings.privacy.exclude == ("secrets/",)
    assert settings.local == LocalSettings("qwen2.5-coder-7b", idle_s=30.0, threads=3, context_tokens=8192)


@pytest.mark.parametrize("key", sorted(key for key in KEYS if KEYS[key].reach is Reach.WORKSPACE))
def test_l6_a_wrong_value_in_the_workspace_gives_the_default_and_a_warning(sources, project, key):
    keep = "ignore" if key != "ignore" else "select"
    for wrong in (v for v in WRONG if v is not None and not _fits(key, v)):
        (project / "glossator.toml").write_text(f'{keep} = ["GLS105"]\n{key} = {_toml(wrong)}\n')
        resolved = load(sources())
        assert attrgetter(key)(resolved.settings) == attrgetter(key)(Settings())
        assert getattr(resolved.settings, keep) == ("GLS105",)
        (problem,) = resolved.problems
        assert problem.key == key
        assert problem.place == str(project / "glossator.toml")
        assert problem.used
        assert "expected" in problem.message


@pytest.mark.parametrize("key", sorted(key for key in KEYS if "." not in key))
def test_l6_a_wrong_value_from_the_editor_gives_the_default_and_a_warning(sources, key):
    for wrong in (v for v in WRONG if v is not None and not _fits(key, v)):
        resolved = load(sources(editor={key: wrong}))
        assert resolved.settings == Settings()
        assert [(p.place, p.key) for p in resolved.problems] == [("editor settings", key)]


@pytest.mark.parametrize("key", sorted(KEYS))
def test_l6_a_wrong_value_in_the_user_file_is_refused_with_its_place(sources, key):
    section, _, name = key.rpartition(".")
    for wrong in (v for v in WRONG if v is not None and not _fits(key, v)):
        text = f"[{section}]\n{name} = {_toml(wrong)}\n" if section else f"{name} = {_toml(wrong)}\n"
        with pytest.raises(ConfigError, match=f"user.toml: {key}: "):
            load(sources(text))
        assert resolve(sources(text)).settings == Settings()


@pytest.mark.parametrize("key", sorted(PROVIDER_KEYS))
def test_l6_a_wrong_value_of_a_provider_is_refused_with_its_place(sources, key):
    for wrong in (v for v in WRONG if v is not None and not _fits(key, v, PROVIDER_KEYS)):
        text = (
            f'[providers.x]\nkind = "openai"\n{key} = {_toml(wrong)}\n'
            if key != "kind"
            else (f"[providers.x]\nkind = {_toml(wrong)}\n")
        )
        with pytest.raises(ConfigError, match=rf"providers\.x\.{key}: expected"):
            load(sources(text))


@pytest.mark.parametrize("key", sorted(key for key in KEYS if KEYS[key].reach < Reach.WORKSPACE))
def test_workspace_files_never_set_what_is_the_users(sources, project, key):
    section, _, name = key.rpartition(".")
    (project / "glossator.toml").write_text((f"[{section}]\n" if section else "") + f'{name} = "x"\n')
    resolved = load(sources())
    assert resolved.settings == Settings()
    assert "file" in resolved.problems[0].message


@pytest.mark.parametrize("key", sorted(key for key in KEYS if KEYS[key].reach is Reach.USER))
def test_the_editor_never_sets_folders_addresses_budgets_and_privacy(sources, key):
    section, _, name = key.rpartition(".")
    resolved = load(sources(editor={section: {name: "x"}}))
    assert resolved.settings == Settings()
    assert "user's own settings file" in resolved.problems[0].message


@pytest.mark.parametrize("place", ["workspace", "editor"])
def test_providers_are_defined_in_the_user_file_alone(sources, project, place):
    table = {"evil": {"kind": "openai", "endpoint": "http://evil.example"}}
    if place == "workspace":
        (project / "glossator.toml").write_text('[providers.evil]\nkind = "openai"\nendpoint = "http://evil.example"\n')
    resolved = load(sources(editor={"providers": table} if place == "editor" else {}))
    assert resolved.settings.providers == ()
    assert "user's own" in resolved.problems[0].message


def test_an_editor_chooses_a_defined_provider_by_name(sources):
    user = '[providers.mine]\nkind = "ollama"\n'
    assert load(sources(user, editor={"provider": "mine"})).settings.provider == ("mine",)
    resolved = load(sources(user, editor={"provider": "mien"}))
    assert resolved.settings.provider == ("embedded",)
    assert "did you mean 'mine'" in resolved.problems[0].message


@pytest.mark.parametrize("where", ["user", "flags", "environment"])
def test_an_unknown_provider_is_refused(sources, where):
    with pytest.raises(ConfigError, match="unknown provider 'nobody', known are embedded, local"):
        load(
            sources(
                'provider = "nobody"' if where == "user" else "",
                flags={"provider": "nobody"} if where == "flags" else {},
                environment={"GLOSSATOR_PROVIDER": "nobody"} if where == "environment" else {},
            )
        )


def test_an_untrusted_workspace_gets_the_embedded_provider_only(sources):
    user = 'provider = "mine"\n[providers.mine]\nkind = "ollama"\n'
    assert load(sources(user, is_trusted=False)).settings.provider == ("embedded",)


def test_l6_an_unknown_key_is_named_with_the_key_that_was_meant(sources, project):
    (project / "glossator.toml").write_text('styel = "numpy"\n')
    (problem,) = load(sources()).problems
    assert "did you mean 'style'" in str(problem)


def test_l6_a_broken_workspace_file_is_a_warning_with_the_line(sources, project):
    (project / "pyproject.toml").write_text("[tool.glossator]\nstyle = \n")
    resolved = load(sources())
    assert resolved.settings == Settings()
    assert "pyproject.toml" in str(resolved.problems[0])
    assert "line 2" in str(resolved.problems[0])


@pytest.mark.parametrize("text", ["= 3", "a = [" * 5000, "\0", "style = 1\nstyle = 2"])
def test_l6_a_broken_user_file_is_refused_with_its_place(sources, text):
    with pytest.raises(ConfigError, match=r"user\.toml: is not valid TOML"):
        load(sources(text))


def test_l6_a_file_of_ten_megabytes_is_refused(sources, project):
    (project / "glossator.toml").write_text('style = "numpy"\n' + "#" * 10_000_000)
    resolved = load(sources())
    assert resolved.settings == Settings()
    assert "larger than 1 MiB" in str(resolved.problems[0])


def test_l6_a_change_on_disk_is_seen_by_the_next_call(sources, project):
    (project / "glossator.toml").write_text('style = "numpy"\n')
    assert load(sources()).settings.style == "numpy"
    (project / "glossator.toml").write_text("style = 3\n")
    assert load(sources()).settings.style == "auto"
    (project / "glossator.toml").write_text('style = "sphinx"\n')
    assert load(sources()).settings.style == "sphinx"


def test_a_missing_user_file_that_was_named_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        load(Sources(None, {"GLOSSATOR_CONFIG": str(tmp_path / "none.toml")}))


def test_a_pipe_in_place_of_the_user_file_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError):
        load(Sources(None, {"GLOSSATOR_CONFIG": str(tmp_path / "pipe")}))


def test_the_platforms_folder_is_used_where_no_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    resolved = resolve(Sources(None, {}))
    assert resolved.files[0].parts[-2:] == ("glossator", "config.toml")
    assert resolved.settings == Settings()


def test_what_an_editor_sends_for_itself_is_no_problem(sources):
    assert load(sources(editor={"trace": {"server": "off"}, "style": None})).problems == ()


def test_messages_never_show_values_that_may_be_secret(sources):
    text = '[providers.x]\nkind = "openai"\nkey_env = "sk-canary-123"\n[cache]\nshared = "http://u:canary-456@h"\n'
    with pytest.raises(ConfigError) as caught:
        load(sources(text))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "want"),
    [
        ("pyproject.toml", "[tool.ruff]\nline-length = 100", 100),
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n[tool.ruff.lint.pycodestyle]\nmax-doc-length = 72", 72),
        ("pyproject.toml", "[tool.black]\nline-length = 99", 99),
        ("pyproject.toml", "[tool.black]\nline-length = 'x'", 88),
        ("pyproject.toml", "[tool]\nblack = 3", 88),
        ("ruff.toml", "line-length = 110", 110),
        (".ruff.toml", "line-length = 111", 111),
        ("setup.cfg", "[flake8]\nmax-line-length = 79\n", 79),
        ("tox.ini", "[pycodestyle]\nmax_line_length: 120\n", 120),
        ("setup.cfg", "[other]\nmax-line-length = 79\n", 88),
        (".flake8", "[flake8]\nmax-line-length = 5\n", 88),
    ],
)
def test_the_line_length_is_the_projects_own(sources, project, name, text, want):
    (project / name).write_text(text)
    assert load(sources()).settings.line_length == want


@pytest.mark.parametrize(
    ("name", "text", "want"),
    [
        ("pyproject.toml", '[tool.ruff.lint.pydocstyle]\nconvention = "numpy"', "numpy"),
        ("pyproject.toml", '[tool.pydocstyle]\nconvention = "google"', "google"),
        ("pyproject.toml", '[tool.pydocstyle]\nconvention = "pep257"', ""),
        ("pyproject.toml", "[tool.pydocstyle]\nconvention = 3", ""),
        ("ruff.toml", '[lint.pydocstyle]\nconvention = "numpy"', "numpy"),
        ("pyproject.toml", "", ""),
    ],
)
def test_the_convention_is_that_of_the_projects_tools(sources, project, name, text, want):
    (project / name).write_text(text)
    assert load(sources()).settings.convention == want


def test_our_own_line_length_comes_before_other_tools(sources, project):
    (project / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n[tool.glossator]\nline_length = 90\n")
    assert load(sources()).settings.line_length == 90


def test_the_nearest_file_with_settings_wins_and_gives_the_root(sources, project):
    inner = project / "packages" / "one" / "src"
    inner.mkdir(parents=True)
    (project / "pyproject.toml").write_text('[tool.glossator]\nstyle = "numpy"\n[tool.black]\nline-length = 99\n')
    (project / "packages" / "one" / "pyproject.toml").write_text("[project]\nname = 'one'\n")
    resolved = load(sources(folder=inner))
    assert (resolved.settings.style, resolved.settings.line_length, resolved.root) == ("numpy", 99, project)
    (project / "packages" / "one" / "glossator.toml").write_text('style = "sphinx"\n')
    resolved = load(sources(folder=inner))
    assert (resolved.settings.style, resolved.root) == ("sphinx", project / "packages" / "one")


def test_files_above_the_repository_do_not_count(project):
    (project.parent / "glossator.toml").write_text('style = "numpy"\n')
    assert project_files(project).settings is None


def test_an_unreadable_file_is_said(tmp_path):
    assert "cannot be read" in read_toml(tmp_path).error


def test_codes_to_ignore_by_file_pattern_are_read_in_order(sources, project):
    text = '[tool.glossator.per_file_ignores]\n"tests/" = ["GLS1"]\n"**/a b.py" = ["GLS2", "GLS101"]\n'
    (project / "pyproject.toml").write_text(text)
    resolved = load(sources())
    assert resolved.problems == ()
    assert resolved.settings.per_file_ignores == (("tests/", ("GLS1",)), ("**/a b.py", ("GLS2", "GLS101")))
    hash(resolved.settings)


@pytest.mark.parametrize("wrong", ['"tests/" = "GLS1"', '"tests/" = ["E501"]', '"" = ["GLS1"]', '"tests/" = [1]'])
def test_wrong_codes_by_file_pattern_are_one_warning_that_names_the_pattern(sources, project, wrong):
    (project / "glossator.toml").write_text(f'style = "numpy"\n[per_file_ignores]\n"src/" = ["GLS2"]\n{wrong}\n')
    resolved = load(sources())
    (problem,) = resolved.problems
    assert (problem.key, problem.place) == ("per_file_ignores", str(project / "glossator.toml"))
    assert f"at {wrong.split(' ')[0][1:-1]!r}" in problem.message
    assert (resolved.settings.style, resolved.settings.per_file_ignores) == ("numpy", ())


def _fits(key, value, keys=KEYS):
    if key == "provider":
        return False
    try:
        keys[key].check(value)
    except ValueError:
        return False
    return True


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) else str(value)
