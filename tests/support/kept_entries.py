"""A project whose answers are in the cache, and what the command `cache` says of them."""

import json
import re

from served import answering, prompt_of, served

from glossator.cache.bundle import Writer
from glossator.cache.entries import decoded, encoded
from glossator.cli.main import main
from glossator.config.load import Sources, load
from glossator.documenter.caching import new_disk

SOURCE = '''\
"""Keep entries."""


def load(store, key, limit=10):
    if limit < 1:
        raise ValueError("limit")
    entry = store.find(key)
    for part in entry.parts[:limit]:
        store.touch(part)
    return entry
'''
OTHER = '''\
"""Keep more entries."""


def drop(shelf, name):
    shelf.lock(name)
    return shelf.discard(name)
'''
GOOD = {
    "summary": "Look up an entry of a store and mark its first parts as used.",
    "arg_store": "Where the entry is kept, and whose parts are touched.",
    "arg_key": "Name of the entry that is looked up.",
    "arg_limit": "How many parts of the entry are touched at most.",
    "returns": "The entry that was looked up.",
}
GOOD_OTHER = {
    "summary": "Discard what a shelf has under a name, once that is locked.",
    "arg_shelf": "Where the name is locked and discarded.",
    "arg_name": "What is locked first and discarded then.",
    "returns": "What the shelf says of the name that it discards.",
}


def model():
    """A server that has a good answer for each of the two functions."""
    return served(lambda asked: answering(GOOD_OTHER if "def drop(" in prompt_of(asked) else GOOD)(asked))


def reset(folder):
    """Have both files without docstrings again."""
    (folder / "a.py").write_text(SOURCE)
    (folder / "b.py").write_text(OTHER)


def disk():
    """The cache on disk, as the settings name it now."""
    return new_disk(load(Sources()).settings)


def entries():
    """All entries on disk, by their keys."""
    one = disk()
    found = {key: decoded(payload) for key, payload in one.items()}
    one.close()
    return found


def put(changed_entries):
    """Put entries on disk."""
    one = disk()
    assert one.put({key: encoded(entry) for key, entry in changed_entries.items()})
    one.close()


def age(days, *, model=None):
    """Have all entries on disk be older, or said by another model."""
    put(
        {
            key: with_members(entry, made=entry.made - days, model=model or entry.model)
            for key, entry in entries().items()
        }
    )


def with_members(entry, **members):
    """An entry that says something else in these members."""
    return type(entry)(**{name: members.get(name, getattr(entry, name)) for name in entry.__struct_fields__})


def bundle_of(path, some, secret=b""):
    """A file with these payloads by key."""
    with path.open("wb") as file:
        writer = Writer(file, secret)
        writer.add_all(sorted(some.items()))
        writer.end()
    return path


def report(capsys, *words, code=0):
    """What an action says as JSON, and the lines of its messages."""
    capsys.readouterr()
    assert main(["cache", *words, "--output-format", "json"]) == code
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def asked_of(server, folder):
    """The functions that a run asks about, where both files have no docstrings."""
    reset(folder)
    server.requests.clear()
    assert main(["write", "."]) == 0
    return sorted(re.search(r"def (\w+)\(", prompt_of(one))[1] for one in server.requests)
