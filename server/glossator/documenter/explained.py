"""An explanation as people and programs read it; the command line and the editor show the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from glossator.documenter.explanation import Deed, Explanation, Sending, Way, plain
from glossator.documenter.generation import money

if TYPE_CHECKING:
    from glossator.providers.base import Prompt

DEEDS: Final = {
    Deed.ADD: "it has no docstring: `write` adds one",
    Deed.RENEW: "its docstring is the embedded provider's: `write --only embedded` asks a model for a better one",
    Deed.REPAIR: "its docstring is not true any more: `write --only stale` repairs it",
    Deed.KEEP: "its docstring stays as it is",
    Deed.NONE: "nothing can be written: its header or body cannot be parsed",
}


def as_json(file: str, found: Explanation) -> dict[str, object]:
    """All of an explanation, as documented in docs/commands.md; `file` is what the symbol's file is called."""
    report = plain(found)
    assert isinstance(report, dict)
    return {"file": file, **report, "cost": found.sending.cost if found.sending is not None else None}


def as_text(file: str, found: Explanation) -> str:
    """An explanation in lines, the prompt with it. What could steer a terminal or hide in an editor is made visible."""
    lines = "\n".join(_lines(file, found)).split("\n")
    return "".join(f"{_visible(line)}\n" for line in lines)


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _lines(file: str, found: Explanation) -> Iterator[str]:
    yield f"{file}:{found.line}: {found.kind} {found.path}"
    yield f"fingerprint: {found.fingerprint}"
    yield DEEDS[found.deed]
    if found.origins:
        yield "\nWhere its docstring came from:"
        yield from (f"  {plain(key)}: {origin}" for key, origin in found.origins.items())
    yield "\nFacts:"
    yield from _facts(plain(found.facts), "  ")
    yield f"\nPlan ({found.style} style), with the embedded provider's texts:"
    yield from (f"  {plain(key)}: {text}" if text else f"  {plain(key)}" for key, text in found.fields.items())
    if found.cache is not None:
        yield "\nIn the cache:"
        yield from (f"  {plain(key)}: {trace}" for key, trace in found.cache.traces.items())
        yield f"  key of the whole doc: {found.cache.key}"
        for one in found.cache.similar:
            why = f"no answer, since {one.refusal}" if one.refusal else "an answer: a renaming proves it"
            yield f"  {one.path} is {one.similarity:.0%} alike: {why}"
    if found.sending is None:
        yield "\nOnly the embedded provider is chosen: nothing is sent anywhere."
    else:
        yield from _sending(found, found.sending)


def _facts(facts: object, indent: str) -> Iterator[str]:
    """Facts as an indented list, without what is absent, empty or not so."""
    for name, value in facts.items() if isinstance(facts, Mapping) else ():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{name}:"
            yield from _facts(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{indent}{name}:"
            yield from (f"{indent}  {_flat(item)}" for item in value)
        elif value not in (None, "", False, [], {}):
            yield f"{indent}{name}: {_flat(value)}"


def _flat(value: object) -> str:
    """A fact on one line."""
    if isinstance(value, Mapping):
        said = {name: _flat(item) for name, item in value.items() if item not in (None, "", False, [], {})}
        if "verb" in said:
            return " ".join(said.values())
        annotation, default = said.pop("annotation", ""), said.pop("default", "")
        head = said.pop("name", "") + (f": {annotation}" if annotation else "") + (f" = {default}" if default else "")
        return ", ".join((head, *(f"{name}: {item}" for name, item in said.items())))
    if isinstance(value, list):
        return "; ".join(map(_flat, value))
    return "yes" if value is True else str(value)


def _sending(found: Explanation, sending: Sending) -> Iterator[str]:
    yield "\nWhat would be sent:"
    for way in sending.ways:
        yield from _way(way)
    if sending.refusal or sending.prompt is None:
        return
    shown = sending.disclosure
    yield f"  literals are {_seen(shown.literals)}, comments are {_seen(shown.comments)}"
    estimate = sending.estimate
    yield f"  about {estimate.tokens_in:,} tokens read and {estimate.tokens_out:,} written, {money(sending.cost)}"
    yield f"  with all code whole about {estimate.tokens_whole:,} tokens: {estimate.spared:.0%} are spared"
    yield f"  {estimate.shared:.0%} of what is read is the same for every symbol"
    yield f"  prompt {sending.prompt_digest}, version {found.prompt_version}"
    if not sending.is_asked:
        yield "  Nothing of this is asked as things are; the prompt is that for a new docstring."
    yield from _prompt(sending.prompt)
    yield "\nFields of the answer, with the characters that each may have:"
    yield from (f"  {name}: {bound}" for name, bound in (sending.form or {}).items())


def _way(way: Way) -> Iterator[str]:
    one = way.provider
    where = "on this machine" if one.is_loopback else "remote"
    address = f" at {one.endpoint}" if one.endpoint else ""
    yield f"  to {one.name}: {one.kind}{address}, {where}, model {one.model}"
    if way.refusal:
        yield f"    nothing: {way.refusal}"
    elif way.body:
        yield f"    a request of {len(way.body.encode()):,} bytes (--output-format json shows it)"


def _seen(is_shown: bool) -> str:
    return "shown" if is_shown else "not shown"


def _prompt(prompt: Prompt) -> Iterator[str]:
    yield f"\n--- instructions\n{prompt.instructions}"
    for number, (asked, answered) in enumerate(prompt.examples, start=1):
        yield f"\n--- example {number}\n{asked}\n--- its answer\n{answered}"
    yield f"\n--- question\n{''.join(prompt.parts)}"
