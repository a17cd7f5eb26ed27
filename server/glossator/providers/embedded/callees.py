"""What well-known functions and methods of the standard library do, from the argument's side and from the caller's."""

from __future__ import annotations

from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.tables import flat, nested


def known_role(callee: str, place: str, *, is_method: bool = True) -> str:
    """The clause for an argument of a well-known function or method ("opened as a file"); "" if it is none.

    `place` is the argument's number or keyword, "*" or "**"; `is_method` whether the last name alone may tell, which it
    may not for the functions of a module.
    """
    roles = nested("functions").get(callee)
    if roles is not None:
        return roles.get(place, roles.get("*", "") if place.isdigit() else "")
    owner, dot, method = callee.rpartition(".")
    clause = nested("methods").get(method, {}).get(place, "") if dot and is_method else ""
    if not clause or not is_quotable(owner):
        return ""
    return clause.format(object=code(owner.removeprefix("self.")))


def known_treatment(method: str) -> str:
    """What happens to the object that a well-known method is called on ("read from"); "" if it is none."""
    return flat("receivers").get(method, "")
