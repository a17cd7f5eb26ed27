"""What well-known functions and methods of the standard library do, from the argument's side and from the caller's."""

from __future__ import annotations

import re

from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.tables import flat, nested

# Objects named like regular expressions: their `split` takes the text, a string's takes what it is split at.
PATTERN = re.compile(r"(?:^|[._])(?:re|regexp?|pattern|rx|pat)$|_re\b", re.IGNORECASE)

# Objects that talk to servers: their `get` sends a request.
CONNECTION = re.compile(r"(?:^|[._])(?:session|client|http\w*|requests|api|connection|conn|browser)$", re.IGNORECASE)


def known_role(callee: str, place: str, *, is_method: bool = True) -> str:
    """The clause for an argument of a well-known function or method ("opened as a file"); "" if it is none.

    `place` is the argument's number or keyword, "*" or "**"; `is_method` whether the last name alone may tell, which it
    may not for the functions of a module.
    """
    roles = nested("functions").get(callee)
    if roles is not None:
        return roles.get(place, roles.get("*", "") if place.isdigit() else "")
    owner, dot, method = callee.rpartition(".")
    if method in ("split", "rsplit") and PATTERN.search(owner):
        return f"split at matches of {code(owner.removeprefix('self.'))}" if place == "0" and is_quotable(owner) else ""
    if method == "get" and CONNECTION.search(owner):
        return ""
    clause = nested("methods").get(method, {}).get(place, "") if dot and is_method else ""
    if not clause or not is_quotable(owner):
        return ""
    return clause.format(object=code(owner.removeprefix("self.")))


def known_treatment(method: str) -> str:
    """What happens to the object that a well-known method is called on ("read from"); "" if it is none."""
    return flat("receivers").get(method, "")
