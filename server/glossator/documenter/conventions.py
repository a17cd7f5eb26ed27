"""How a file writes its docstrings, so that new ones look like those that stand there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from glossator.config import Settings
from glossator.docstring.literal import content_of
from glossator.docstring.styles import Style, detect, may_be_styled
from glossator.engine.words import Words, words
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Neighbourhood


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a file writes its docstrings: the style, the triple quotes, and what it says about parameters."""

    style: Style
    quotes: str
    words: Words = field(default_factory=Words)


def conventions(outline: Outline, settings: Settings, about: Neighbourhood) -> Conventions:
    """How a document writes its docstrings.

    The style is the configured one; for "auto" that of most docstrings of the document, else of the project, else
    that which the project's tools are set to, else google.
    """
    styles: Counter[Style] = Counter()
    quotes: Counter[str] = Counter()
    for symbol in outline.symbols:
        if symbol.docstring is not None:
            quotes[symbol.docstring.quotes[:1]] += 1
            may_tell = settings.style == "auto" and may_be_styled(symbol.docstring.text)
            style = detect(content_of(symbol.docstring).text) if may_tell else None
            if style is not None:
                styles[style] += 1
    chosen = settings.style if settings.style != "auto" else about.style or settings.convention or Style.GOOGLE.value
    style = styles.most_common(1)[0][0] if styles else Style(chosen)
    return Conventions(style, "'''" if quotes["'"] > quotes['"'] else '"""', words(outline) if quotes else Words())
