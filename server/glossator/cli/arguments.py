"""The flags of every command."""

from __future__ import annotations

import argparse
from pathlib import Path

from glossator import __version__
from glossator.config.keys import STYLES
from glossator.config.modes import MODES

EXIT_CODES = "exit codes: 0 fine, 1 findings or changes pending, 2 usage or configuration, 3 work was left undone"
CLEARED = (
    "Remove entries from the disk: all, or those for which all holds that is named. What a shared server keeps stays "
    "there, since it is others', too."
)
IMPORTED = "Take the entries of a file from `cache export`. Those that are here stay, but for older ones."


def build_parser() -> argparse.ArgumentParser:
    """The parser for the whole command line."""
    parser = argparse.ArgumentParser(
        prog="glossator", description="Write docstrings for Python code, and keep them true.", epilog=EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=f"glossator {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_write(commands.add_parser("write", help="write docstrings into files", epilog=EXIT_CODES))
    _add_check(commands.add_parser("check", help="report docstrings that are missing or wrong", epilog=EXIT_CODES))
    _add_page(commands.add_parser("page", help="make pages of several sections, and keep them true", epilog=EXIT_CODES))
    _add_model(commands.add_parser("model", help="models that run on this machine", epilog=EXIT_CODES))
    _add_providers(commands.add_parser("providers", help="list the providers, and try them", epilog=EXIT_CODES))
    _add_explain(
        commands.add_parser("explain", help="what is known of a symbol, and would be asked", epilog=EXIT_CODES)
    )
    _add_cache(commands.add_parser("cache", help="what was answered before, and is not asked again", epilog=EXIT_CODES))
    _add_stats(commands.add_parser("stats", help="what was done so far, and how long it took", epilog=EXIT_CODES))
    _add_server(commands.add_parser("server", help="serve an editor over the Language Server Protocol"))
    return parser


def _add_write(parser: argparse.ArgumentParser) -> None:
    parser.description = "Write docstrings into files, in place. Nothing but docstrings is changed, or the file is not."
    _add_common(parser, "text", "json")
    parser.add_argument(
        "--only",
        choices=("missing", "stale", "embedded", "all"),
        default="missing",
        help="which symbols: those without a docstring (default), those whose docstring is not true any more (stale), "
        "those whose docstring the embedded provider wrote, for a model to improve, or missing and stale (all)",
    )
    parser.add_argument(
        "--symbol",
        action="append",
        default=[],
        metavar="QUALNAME",
        help="only this symbol (again for more): function, Class.method, <module>, name#2 for a second definition",
    )
    parser.add_argument("--provider", type=_words, metavar="NAME", help="who writes (default: the settings' provider)")
    parser.add_argument("--yes", action="store_true", help="do not ask before spending money")
    parser.add_argument(
        "--max-cost",
        type=_amount,
        metavar="AMOUNT",
        help="ask for nothing that may cost more (dollars), and stop once it is spent",
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="have the workers of a running Dask cluster do it, such as tcp://HOST:8786"
    )
    dry = parser.add_mutually_exclusive_group()
    dry.add_argument("--diff", action="store_true", help="print a unified diff and write nothing")
    dry.add_argument("--check", action="store_true", help="write nothing, exit with 1 if anything would change")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.description = "Report public symbols without a docstring, and docstrings that are not true any more."
    _add_common(parser, "text", "json", "sarif", "github")
    parser.add_argument(
        "--select", type=_words, metavar="CODES", help="only these codes or beginnings of codes: GLS1,GLS2"
    )
    parser.add_argument("--ignore", type=_words, metavar="CODES", help="not these codes")
    parser.add_argument(
        "--min-coverage", type=float, metavar="PCT", help="exit with 1 if fewer of the public symbols are documented"
    )
    known = parser.add_mutually_exclusive_group()
    known.add_argument("--baseline", type=Path, metavar="FILE", help="hide the findings that FILE lists")
    known.add_argument(
        "--write-baseline", type=Path, metavar="FILE", help="list all findings in FILE, for --baseline, and exit with 0"
    )


def _add_page(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Make a page of several sections: of a module (what it offers, how its parts fit), of the API of a package, a "
        "README, or of a kind with a template of yours. In a page that is there, only what stands between markers is "
        "changed, where it is not true any more."
    )
    parser.add_argument(
        "kind", metavar="KIND", help="module, api, readme, a template of yours, or update: all pages at or beneath PATH"
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a module, package or project; for update, pages or folders",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the page; a folder gets a page for each module (default: print it)"
    )
    parser.add_argument("--provider", type=_words, metavar="NAME", help="who writes what nobody wrote")
    parser.add_argument("--force", action="store_true", help="write all sections anew, also those changed by hand")
    parser.add_argument("--yes", action="store_true", help="do not ask before spending money")
    parser.add_argument(
        "--max-cost", type=_amount, metavar="AMOUNT", help="ask for nothing that may cost more (dollars)"
    )
    dry = parser.add_mutually_exclusive_group()
    dry.add_argument("--diff", action="store_true", help="print a unified diff and write nothing")
    dry.add_argument("--check", action="store_true", help="write nothing, exit with 1 if anything would change")
    _add_processes(parser)


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.description = 'Models for `provider = "local"`: they run on this machine, and nothing leaves it.'
    parser.add_argument(
        "action",
        choices=("list", "pull", "remove", "serve"),
        help="list them, fetch one, delete one, or serve one to other programs",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="which model (default: the settings' local.model)")
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="pull: take this GGUF file, and fetch nothing"
    )
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="serve: at this port (default: a free one)")
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="list: default: text")


def _add_providers(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "List the providers that are configured, and ask each for one docstring of a small function of ours. "
        "That is a thousand tokens each, or two where it has to be asked again, which a provider with a price counts."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to try (default: all that can be)")
    parser.add_argument("--no-try", action="store_true", help="list only, and ask nobody")
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.description = "Show what is known of a symbol, and what a provider would be sent. Nobody is asked."
    parser.add_argument("symbol", metavar="FILE::SYMBOL", help="such as feed.py::Feed.merge or feed.py::<module>")
    parser.add_argument(
        "--provider", type=_words, metavar="NAME", help="who would write (default: the settings' provider)"
    )
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(jobs=1, diff_base=None)  # one file, as it is


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.description = "What was answered before lies on disk, and is not asked again: see it, and look after it."
    parser.set_defaults(paths=[], provider=None, jobs=None, diff_base=None)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, help_: str, description: str = "") -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=help_, epilog=EXIT_CODES)
        added.description = description or f"{help_[:1].upper()}{help_[1:]}."
        added.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
        return added

    action("info", "say how much lies there, of which models, and whether a shared server is there")
    _add_clear(action("clear", "remove all of it, or a part", CLEARED))
    action("verify", "open every entry, and remove what is damaged")
    _add_export(action("export", "write entries into one file, for other machines"))
    source = action("import", "take the entries of such a file", IMPORTED)
    source.add_argument("file", type=Path, metavar="FILE", help="what `glossator cache export` wrote")


def _add_clear(parser: argparse.ArgumentParser) -> None:
    _add_code(parser, "only what the code in this file or folder stands for, as it is now")
    parser.add_argument("--model", metavar="NAME", help="only what this model said, as the settings name it")
    parser.add_argument(
        "--older-than", type=_days, metavar="DAYS", help="only what was said more than so many days ago"
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_code(parser, "only what the code in this file or folder stands for, as it is now (default: everything)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the file to write")


def _add_code(parser: argparse.ArgumentParser, help_: str) -> None:
    """PATHs whose entries are meant, and who would write there: other providers' answers have other keys."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help=help_)
    parser.add_argument(
        "--provider", type=_words, metavar="NAME", help="with PATH: who would write (default: the settings' provider)"
    )
    parser.add_argument(
        "--jobs", type=_at_least_one, metavar="N", help="with PATH: processes to use (default: one for each core)"
    )


def _add_stats(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Show what all editors and commands of this user have done so far, and how long each step took. On a terminal "
        "the table is kept current, until Ctrl-C."
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print it once, as JSON")
    form.add_argument("--prometheus", action="store_true", help="print it once, in the text format of Prometheus")


def _add_server(parser: argparse.ArgumentParser) -> None:
    parser.description = "Serve an editor over the Language Server Protocol."
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--stdio", action="store_true", help="over standard input and output (the default)")
    where.add_argument("--tcp", metavar="HOST:PORT", help="wait for one client at this loopback address")


def _add_common(parser: argparse.ArgumentParser, *formats: str) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder: the Python files beneath it")
    parser.add_argument("--style", choices=STYLES, help="docstring style (default: the settings', else the file's own)")
    parser.add_argument(
        "--diff-base", metavar="GIT_REF", help="only symbols whose own text is not what it was in this commit"
    )
    _add_processes(parser)
    parser.add_argument("--output-format", choices=formats, default="text", help="default: text")


def _add_processes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=_at_least_one, metavar="N", help="processes to use (default: one for each core)")
    parser.add_argument("--mode", choices=("auto", *MODES), help="how much of the machine to use")


def _words(value: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in value.split(",") if word.strip())
    if not words:
        raise argparse.ArgumentTypeError("expected words, separated by commas")
    return words


def _amount(value: str) -> float:
    try:
        amount = float(value)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise argparse.ArgumentTypeError("expected an amount of 0 or more")
    return amount


def _days(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise argparse.ArgumentTypeError("expected a number of days, 0 or more")
    return int(value)


def _number(value: str) -> int:
    """A whole number; 0, which none of our flags takes, for what is none."""
    try:
        return int(value)
    except ValueError:
        return 0


def _port(value: str) -> int:
    number = _number(value)
    if not 0 < number < 1 << 16:
        raise argparse.ArgumentTypeError("expected a port from 1 to 65535")
    return number


def _at_least_one(value: str) -> int:
    number = _number(value)
    if number < 1:
        raise argparse.ArgumentTypeError("expected 1 or more")
    return number
