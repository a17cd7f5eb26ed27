"""What stands on the wire: JSON values, error codes, and readers that check the parts of a request that we use.

Requests on the path of typing are read from the decoded JSON itself: building lsprotocol's objects for a didChange
costs more than applying it.
"""

from __future__ import annotations

import json
from typing import Any, TypeGuard

Json = Any
"""A decoded JSON value: dict, list, str, int, float, bool or None."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_NOT_INITIALIZED = -32002
REQUEST_FAILED = -32803
REQUEST_CANCELLED = -32800
CONTENT_MODIFIED = -32801

MAX_UINT = 2**31 - 1
"""The largest line or character that the protocol allows."""

# One encoder for all messages: `json.dumps` with arguments builds a new one at each call. ASCII, so that a lone
# surrogate cannot make a message that cannot be encoded; NaN is no JSON.
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=True)


class BadParams(Exception):
    """A request's parameters do not have the shape that the protocol gives them; the message names the part."""


def encode(message: Json) -> bytes:
    """One frame: the header and the message. Raises TypeError, ValueError or RecursionError for what is no JSON."""
    body = _ENCODER.encode(message).encode("ascii")
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def result(identity: Json, value: Json) -> Json:
    """The answer to a request."""
    return {"jsonrpc": "2.0", "id": identity, "result": value}


def failure(identity: Json, code: int, message: str) -> Json:
    """The answer to a request that failed; `identity` is None where the request could not be read."""
    return {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": message}}


def is_identity(value: Json) -> TypeGuard[int | str]:
    """Whether a value can be a request's id."""
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def member(params: Json, *names: str) -> Json:
    """The value at a path of object keys. Raises BadParams where an object or a key is missing."""
    for name in names:
        if not isinstance(params, dict) or name not in params:
            raise BadParams(f"{'.'.join(names)} is missing")
        params = params[name]
    return params


def optional(params: Json, *names: str) -> Json:
    """The value at a path of object keys, None where something on the way is missing."""
    for name in names:
        if not isinstance(params, dict):
            return None
        params = params.get(name)
    return params


def text(params: Json, *names: str) -> str:
    """The string at a path of object keys. Raises BadParams."""
    value = member(params, *names)
    if not isinstance(value, str):
        raise BadParams(f"{'.'.join(names)} is no string")
    return value


def integer(params: Json, *names: str) -> int:
    """The integer at a path of object keys. Raises BadParams."""
    value = member(params, *names)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadParams(f"{'.'.join(names)} is no integer")
    return value


def array(params: Json, *names: str) -> list[Json]:
    """The list at a path of object keys. Raises BadParams."""
    value = member(params, *names)
    if not isinstance(value, list):
        raise BadParams(f"{'.'.join(names)} is no array")
    return value


def document_uri(params: Json) -> str:
    """The uri of the document that a request is about. Raises BadParams."""
    return text(params, "textDocument", "uri")


def position(value: Json) -> tuple[int, int]:
    """A position's line and character. Raises BadParams."""
    return _unsigned(member(value, "line")), _unsigned(member(value, "character"))


def span(value: Json) -> tuple[tuple[int, int], tuple[int, int]]:
    """A range's start and end position; the end never precedes the start. Raises BadParams."""
    start, end = position(member(value, "start")), position(member(value, "end"))
    if end < start:
        raise BadParams("a range ends before it starts")
    return start, end


def _unsigned(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_UINT:
        raise BadParams("a position is no line and character")
    return value
