"""Models that pass the exam before they are believed, or do not."""

from __future__ import annotations

from collections.abc import Callable

from fake_provider import Asked, Script
from served import answering, code_in

from glossator.documenter.exam import RIGHT

LUCKY = {
    "summary": "Find the entry of a key, and mark it as used.",
    "arg_store": "Where the entry is kept.",
    "arg_key": "Name of the entry that is found.",
    "returns": "The entry that was found.",
}
KNOWN = {
    "read_lines": {
        "summary": "Read the first lines of a file.",
        "arg_path": "Place of the file.",
        "arg_limit": "How many lines are read at most.",
        "returns": "Those lines that were read.",
    },
    "area": {
        "summary": "Multiply both sides of a rectangle.",
        "arg_width": "Length of the lower side.",
        "arg_height": "Length of the other side.",
        "returns": "Size of the rectangle.",
    },
    "notify": {
        "summary": "Send a text to many people.",
        "arg_server": "What sends it on.",
        "arg_recipients": "People who get the text.",
        "arg_message": "Text to be sent.",
    },
}


def asked_name(asked: Asked) -> str:
    """Which of the exam's functions a question is about; "" for one that is not of the exam."""
    code = code_in(asked)
    return next((name for name in RIGHT if f"def {name}(" in code), "")


def model(knows: bool) -> Callable[[Asked], Script]:
    """A model that says true things of the user's function, and `knows` of the exam's."""

    def answer(asked: Asked) -> Script:
        name = asked_name(asked)
        return answering((KNOWN[name] if knows else {}) if name else LUCKY)(asked)

    return answer
