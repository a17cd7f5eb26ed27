"""C10: what was said of one function is said of another only where a renaming proves that it is true there."""

import ast
import itertools
import random
import sysconfig
from collections import Counter
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
from harmful import MEANT
from meaning import FUNCTIONS, finder
from mutations import subjects
from siblings_said import Library, exchange_between, exchanged, is_same, renamed, words_of

from glossator.config import Settings
from glossator.engine import siblings
from glossator.model import FieldKind

OURS = Path(__file__).parents[2] / "server" / "glossator"
LIBRARY = Path(sysconfig.get_path("stdlib"))
FOREIGN = {"site-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"}
FILLING = "amber barley candle cedar copper coral falcon ginger lantern marble meadow pebble walnut velvet".split()
NEW_WORDS = "height depth other max min remove second left zebra node".split()


def shape(name, attribute, tail=""):
    """A class with a method that is found by its likeness."""
    return f"class Shape:\n    def {name}(self):\n        kept = self.{attribute} * 2{tail}\n        return kept\n"


async def carried(before, after, text, path="Shape.get_width", after_path="Shape.get_height", **texts):
    """What a function is told of by what was said of another one: its summary, or None."""
    library = Library()
    said = {"summary": text, "returns": "The width, twice as large.", **texts}
    await library.say(before, path, said)
    answer, near = await library.answer(after, after_path)
    assert near, "the index did not even find it"
    found = {key.name or key.kind.value: one for key, one in answer.texts.items()} if answer is not None else {}
    return found.get("summary")


WIDTH, HEIGHT = shape("get_width", "width"), shape("get_height", "height")


async def test_what_was_said_of_the_width_is_said_of_the_height():
    assert await carried(WIDTH, HEIGHT, "Double the width in pixels.") == "Double the height in pixels."


def test_each_word_of_the_text_is_exchanged_in_its_case():
    text = "Width, from ``MAX_WIDTH`` of `Width` down."
    assert siblings.carried(text, {"width": "height"}) == "Height, from ``MAX_HEIGHT`` of `Height` down."


async def test_the_origin_of_what_is_carried_over_is_the_second_tier():
    library = Library()
    await library.say(WIDTH, "Shape.get_width", {"summary": "Double the width.", "returns": "The width, doubled."})
    answer, _ = await library.answer(HEIGHT, "Shape.get_height")
    assert {key.kind.value: origin for key, origin in answer.origins.items()} == {"summary": "L2", "returns": "L2"}


@pytest.mark.parametrize(
    "text",
    [
        "Double the size in pixels.",
        "Double the width, not the height.",
        "Double the width, as two heights do.",
        "Double the widths in pixels.",
        "Double the width: how wide it is.",
        "Double the width, for the widest one.",
        "Double the width, held against the highest one.",
        "Double what ``get_width`` knows.",
        "Double ``width`` in pixels.",
        "Double the half-width and the bandwidth.",
    ],
)
async def test_c10_a_text_that_may_speak_of_something_else_is_not_carried_over(text):
    assert await carried(WIDTH, HEIGHT, text) is None


CODE_THAT_DIFFERS = {
    "a literal": (WIDTH, HEIGHT.replace("* 2", "* 3")),
    "an operator": (WIDTH, HEIGHT.replace("* 2", "+ 2")),
    "an attribute that does not follow": (WIDTH, HEIGHT.replace("self.height", "self.weight")),
    "an attribute that stayed": (WIDTH, HEIGHT.replace("self.height", "self.width")),
    "an attribute with the new word in both": (
        WIDTH.replace("self.width", "self.height"),
        HEIGHT,
    ),
    "a name of which one word follows, and one does not": (
        WIDTH.replace("self.width", "self.width_width"),
        HEIGHT.replace("self.height", "self.width_height"),
    ),
    "a literal with the old word": (
        WIDTH.replace("self.width", 'self.sizes["width"]'),
        HEIGHT.replace("self.height", 'self.sizes["width"]'),
    ),
    "a literal with the new word": (
        WIDTH.replace("self.width", 'self.sizes["height"]'),
        HEIGHT.replace("self.height", 'self.sizes["height"]'),
    ),
    "a statement": (WIDTH, HEIGHT.replace("        return", "        self.count += 1\n        return")),
    "a decorator": (WIDTH, HEIGHT.replace("    def", "    @cached\n    def")),
}


@pytest.mark.parametrize("difference", CODE_THAT_DIFFERS)
async def test_c10_nothing_is_carried_over_to_code_that_differs_by(difference):
    before, after = CODE_THAT_DIFFERS[difference]
    assert not is_same(before, "Shape.get_width", after, "Shape.get_height") or "literal" in difference
    assert await carried(before, after, "Double the width in pixels.") is None


LONG = """\
    def get_{word}(self, scale, pages, columns, margin, padding, border):
        total = self.{word} * {factor}
        for page in self.pages_of(scale, pages, columns):
            total += page.measured(margin, padding, border).extent
        self.store.note(total, scale, pages, columns, margin)
        return total
"""


async def test_c10_a_long_function_that_is_similar_by_its_words_is_no_sibling_for_that():
    before = "class Shape:\n" + LONG.format(word="width", factor=2)
    after = "class Shape:\n" + LONG.format(word="height", factor=3)
    names = "scale pages columns margin padding border".split()
    texts = {name: f"Some {one} of the width." for name, one in zip(names, FILLING, strict=False)}
    assert await carried(before, before.replace("width", "height"), "Double the width.", **texts)
    assert await carried(before, after, "Double the width.", **texts) is None


PAIRS = {
    "Python's own functions": ("def get_max(a): return max(a) - 1\n", "def get_min(a): return min(a) - 1\n"),
    "Python's own methods": ("def do_max(a): return a.max() - 1\n", "def do_min(a): return a.min() - 1\n"),
    "a name that the other one has": (
        "def get_depth(a): return width_of(a) - 1\n",
        "def get_width(a): return width_of(a) - 1\n",
    ),
    "the name of the other one": (
        "def get_width(a): return width_of(a) - 1\n",
        "def get_depth(a): return width_of(a) - 1\n",
    ),
    "letters outside of ASCII": (
        "class LadeÄ:\n    def get_max(self): return self.max_a - 1\n",
        "class LadeÖ:\n    def get_min(self): return self.min_a - 1\n",
    ),
    "words in the other order": (
        "def row_to_page(a): return a.row_to_page - 1\n",
        "def page_to_row(a): return a.page_to_row - 1\n",
    ),
    "a word that becomes two": ("def read_all(a): return a.b - 1\n", "def readAllOf(a): return a.b - 1\n"),
}


@pytest.mark.parametrize("pair", PAIRS)
async def test_c10_nothing_follows_where_the_names_differ_by(pair):
    before, after = PAIRS[pair]
    paths = [next(iter(_paths(source))) for source in (before, after)]
    old = [word for word in words_of(paths[0]) if word not in words_of(paths[1])] or words_of(paths[0])
    library = Library()
    said = " and the ".join(old)
    texts = {"summary": f"Weigh the {said}.", "returns": f"What the {said} is.", "a": f"Whose {said} is weighed."}
    await library.say(before, paths[0], texts)
    answer, _ = await library.answer(after, paths[1])
    assert answer is None


def _paths(source):
    body = ast.parse(source).body[0]
    if isinstance(body, ast.ClassDef):
        yield f"{body.name}.{body.body[0].name}"
    yield body.name


async def test_c10_what_makes_a_folder_does_not_take_one_away():
    before, after = "def mkdir(path):\n    os.mkdir(path)\n", "def rmdir(path):\n    os.rmdir(path)\n"
    for text in ("Create a folder.", "Create a folder with ``mkdir``.", "Create what mkdir creates."):
        library = Library()
        await library.say(before, "mkdir", {"summary": text, "path": "Where ``mkdir`` makes it."})
        answer, near = await library.answer(after, "rmdir")
        assert near
        assert answer is None, text


async def test_c10_parameters_that_changed_places_keep_their_texts_to_themselves():
    before = "def get_width(a, b):\n    return a.width - b\n"
    after = "def get_height(b, a):\n    return b.height - a\n"
    texts = {
        "summary": "Shrink the width.",
        "a": "Whose width it is.",
        "b": "Taken off the width.",
        "returns": "A width.",
    }
    library = Library()
    await library.say(before, "get_width", texts)
    assert (await library.answer(before.replace("width", "height"), "get_height"))[0] is not None
    assert (await library.answer(after, "get_height"))[0] is None


async def test_a_local_under_another_name_is_named_as_it_is_here():
    text = "Keep the width in ``kept``, and double it."
    after = HEIGHT.replace("kept", "doubled")
    assert await carried(WIDTH, after, text) in (None, "Keep the height in ``doubled``, and double it.")


@pytest.mark.parametrize(
    "other", [{"profile": b"somebody else"}, {"settings": Settings(templates=False, language="de")}]
)
async def test_nothing_is_taken_from_what_others_were_asked_or_in_another_language(other):
    library, asking = Library(), Library(**other)
    await library.say(WIDTH, "Shape.get_width", {"summary": "Double the width.", "returns": "The width, doubled."})
    asking.tiers = library.tiers
    answer, near = await asking.answer(HEIGHT, "Shape.get_height")
    assert near
    assert answer is None


# Mutants of real functions.


async def test_c10_of_mutants_of_our_own_functions_only_proven_siblings_are_served():
    await prove(sorted(OURS.glob("[cdes]*/*.py")), seed=1, count=400)


@pytest.mark.soak
async def test_c10_of_10_000_mutants_of_the_library_only_proven_siblings_are_served():
    await prove(files_of_the_library(), seed=2, count=10_000)


def files_of_the_library():
    return [path for path in sorted(LIBRARY.rglob("*.py")) if not FOREIGN & set(path.relative_to(LIBRARY).parts)]


async def prove(files, seed, count):
    """Look mutants up by likeness; what is served has to be the same code, and of those some have to be served."""
    chance = random.Random(seed)
    pool = [one for file in files for one in subjects(file) if isinstance(one.node, FUNCTIONS)]
    chance.shuffle(pool)
    seen = Counter()
    for one in itertools.cycle(pool):
        if sum(seen.values()) >= count:
            break
        word = chance.choice([word for word in words_of(one.node.name) if len(word) > 1] or [""])
        if not word:
            continue
        library = Library()
        with suppress(LookupError):
            await library.say(one.source, one.path, nasty(word, chance))
        for kind, after, path in mutants(one, word, chance):
            seen[await verdict(library, one, after, path, kind), kind != "none"] += 1
    assert seen["served", False] > count / 50, seen
    assert seen["not found", True] < count / 2, seen


async def verdict(library, one, after, path, kind):
    try:
        answer, near = await library.answer(after, path)
    except LookupError:
        return "nothing is wanted"
    if answer is None:
        return "refused" if near else "not found"
    assert is_same(one.source, one.path, after, path), f"{kind}\n{one.source}\n---\n{after}\n---\n{answer.texts}"
    words = exchange_between(one.path, path)
    old = {word for word in words if word in words_of(one.path)} - set(words_of(path))
    said = {word for key in answer.said for word in words_of(answer.said[key].text)}
    assert not old & said, f"{kind}\n{after}\n---\n{answer.texts}"
    return "served"


def nasty(word, chance):
    """Texts that say the word, one of them perhaps in an unwelcome way."""
    ways = [f"the {word}"] * 12 + [
        f"`{word}`",
        f"the {word}s",
        f"the {word}ing",
        f"the re{word}",
        f"no {word[:3]}e",
        "it",
    ]
    ways += [f"the {word} or the {chance.choice(NEW_WORDS)}", f"the {word} of `{word}_all`", f"the sub-{word}"]
    is_plain = chance.random() < 0.6

    def text(key):
        one, two, three = chance.sample(FILLING, 3)
        way = ways[0] if is_plain else chance.choice(ways)
        start = "If " if key.kind is FieldKind.RAISE else ""
        return f"{start}{one if start else one.title()} {two} {way} {three}."

    return text


def mutants(one, word, chance):
    """The sibling with another word, and code that is nearly that."""
    tree = ast.parse(one.source)
    for new in chance.sample(NEW_WORDS, 2):
        if new == word:
            continue
        sibling = renamed(tree, {word: new})
        path = exchanged(one.path, {word: new})
        yield from written("none", sibling, path)
        for kind in (*chance.sample(MEANT, 4), *NAMES):
            changed = deepcopy(sibling)
            found = finder(changed)(path)
            if found is None:
                break
            try:
                if kind in NAMES:
                    kind(found[0], word, new, chance)
                elif kind(found[0], chance) is not None:
                    continue
            except LookupError:
                continue
            yield from written(kind.__name__, changed, path)


def written(kind, tree, path):
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
        found = finder(ast.parse(text))(path)
    except (SyntaxError, ValueError):
        return
    if found is not None and isinstance(found[0], FUNCTIONS):
        yield kind, text + "\n", path


def one_name(node, wanted, chance):
    """A place where a name stands that has a word, and the field that it is in."""
    places = [
        (inner, field)
        for part in node.body
        for inner in ast.walk(part)
        for field in ("id", "attr", "arg")
        if wanted in words_of(getattr(inner, field, None) or "")
    ]
    if not places:
        raise LookupError
    return chance.choice(places)


def one_kept_its_name(node, word, new, chance):
    place, field = one_name(node, new, chance)
    setattr(place, field, exchanged(getattr(place, field), {new: word}))


def one_has_another_name(node, _word, new, chance):
    place, field = one_name(node, new, chance)
    setattr(place, field, exchanged(getattr(place, field), {new: "another"}))


def one_is_doubled(node, word, new, chance):
    place, field = one_name(node, new, chance)
    setattr(place, field, f"{word}_{getattr(place, field)}")


def only_the_own_name_differs(node, word, new, _chance):
    name = node.name
    for place in ast.walk(node):
        for field in ("id", "attr", "arg"):
            if new in words_of(getattr(place, field, None) or ""):
                setattr(place, field, exchanged(getattr(place, field), {new: word}))
    node.name = name


def parameters_changed_places(node, _word, _new, _chance):
    found = [one for one in node.args.args if one.arg not in ("self", "cls")]
    if len(found) < 2:
        raise LookupError
    found[0].arg, found[1].arg = found[1].arg, found[0].arg
    for part in node.body:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Name) and inner.id in (found[0].arg, found[1].arg):
                inner.id = found[0].arg if inner.id == found[1].arg else found[1].arg


NAMES = (
    one_kept_its_name,
    one_has_another_name,
    one_is_doubled,
    only_the_own_name_differs,
    parameters_changed_places,
)
