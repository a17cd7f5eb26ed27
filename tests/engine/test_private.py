"""A text that repeats what only literals and comments say is kept in memory alone, whichever way it is kept again."""

from requested import requests

from glossator.cache.memory import Memory
from glossator.cache.tiers import Tiers
from glossator.engine.answers import Said
from glossator.engine.keeping import Stamp, entries_of, marked
from glossator.engine.recalled import DECLINED, lookup_of, recalled
from glossator.model import FieldKey, FieldKind

SECRET = "Tr0ub4dor-Zx81"
REQUEST = requests(f'def load(path):\n    return open(path, "{SECRET}").read(path)\n')["load"]
WANT = REQUEST.want
SUMMARY = FieldKey(FieldKind.SUMMARY)
STAMP = Stamp("m", 1)
OTHER_TEXT = "What the caller hands over to be worked on."


class Disk:
    """A tier below memory that keeps what it is given."""

    def __init__(self):
        self.payloads = {}

    async def get(self, keys):
        return {key: self.payloads[key] for key in keys if key in self.payloads}

    async def put(self, payloads):
        self.payloads |= payloads

    async def aclose(self):
        """There is nothing to let go of."""


def said():
    texts = dict.fromkeys(WANT.fields, Said(OTHER_TEXT, "", "fake"))
    texts[SUMMARY] = Said(f"Read what {SECRET} opens for a reader.", "", "fake")
    return marked(texts, REQUEST.question.private)


def kept(disk):
    return b"".join(disk.payloads.values())


async def test_s1_a_private_text_goes_no_further_when_it_is_kept_again():
    disk = Disk()
    tiers = Tiers(Memory(10), disk)
    await tiers.keep(entries_of(WANT, said(), STAMP))
    (found,) = await tiers.find([lookup_of(WANT)])
    known = recalled(WANT, found, frozenset(SECRET.split("-")), 1)
    assert known.said[SUMMARY].is_private
    await tiers.keep(entries_of(WANT, known.said, STAMP))
    assert SECRET.encode() not in kept(disk)
    assert OTHER_TEXT.encode() in kept(disk)


async def test_s1_what_stands_beside_a_declined_text_goes_no_further():
    disk = Disk()
    other = next(key for key in WANT.fields if key != SUMMARY)
    await Tiers(Memory(10), disk).keep(entries_of(WANT, said() | {other: Said("", DECLINED)}, STAMP))
    assert SECRET.encode() not in kept(disk)
