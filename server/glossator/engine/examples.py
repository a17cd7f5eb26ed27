"""The worked examples of every prompt: questions as `prompts` puts them, with answers as they should be.

They show the form more than any rule does: a model of half a billion parameters follows these, and not the rules.
"""

from __future__ import annotations

from typing import Final

_FETCH: Final = """\
The function `fetch_feed`:
<code>
def fetch_feed(url, retries=3, session=None):
    session = session or Session()
    for attempt in range(retries):
        response = session.get(url)
        if response.ok:
            return parse(response.text)
        sleep(2 ** attempt)
    raise FetchError(url)
</code>
It calls:
<code>
def parse(text: str) -> Feed: ...
</code>
Fill these fields:
id: 7c1d
summary: a verb first
arg_url: `url`
arg_retries: `retries`
arg_session: `session`
returns
raises_FetchError"""

_FETCH_ANSWER: Final = """\
{"id": "7c1d", "summary": "Download a feed and parse it, waiting longer after each failed attempt.", \
"arg_url": "Address that the feed is downloaded from.", \
"arg_retries": "How many attempts to make before giving up.", \
"arg_session": "Session that sends the requests.", \
"returns": "The parsed feed.", \
"raises_FetchError": "If no attempt gets a successful response."}"""

_GROUPS: Final = """\
The class `Groups`, in outline:
<code>
class Groups:
    def __init__(self, key, limit=100):
        if limit <= 0:
            raise ValueError("limit")
        self._key = key
        self._limit = limit
        self._members = defaultdict(list)
    def add(self, item): ...
    def largest(self): ...
</code>
It raises ValueError: limit <= 0
Fill these fields:
id: 02e9
summary
arg_key: `key`
arg_limit: `limit`"""

_GROUPS_ANSWER: Final = """\
{"id": "02e9", "summary": "Collection of items that are grouped by a key.", \
"arg_key": "Name of the attribute that decides the group of an item.", \
"arg_limit": "Largest number of items that a group may hold."}"""

_SHORT_FETCH: Final = _FETCH.replace("\nreturns\nraises_FetchError", "")
_SHORT_FETCH_ANSWER: Final = """\
{"id": "7c1d", "summary": "Fetch a feed and parse it.", "arg_url": "Address of the feed.", \
"arg_retries": "How many attempts to make.", "arg_session": "Session for the requests."}"""
_SHORT_GROUPS_ANSWER: Final = """\
{"id": "02e9", "summary": "Groups of items by their key.", "arg_key": "Name of the attribute to group by.", \
"arg_limit": "Largest size of a group."}"""

EXAMPLES: Final = ((_FETCH, _FETCH_ANSWER), (_GROUPS, _GROUPS_ANSWER))
SHORT_EXAMPLES: Final = ((_SHORT_FETCH, _SHORT_FETCH_ANSWER), (_GROUPS, _SHORT_GROUPS_ANSWER))
"""For small models, which are right about what is short, and say as much as the examples do."""
