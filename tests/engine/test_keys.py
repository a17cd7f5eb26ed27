"""C9: of each key it is known which changes of code move it; the table of `engine.keys`, tried out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyed import SOURCE, changed, keys, moved, wanted


def test_there_are_keys_of_all_kinds():
    kinds = [label.partition(":")[0] for path in ("Scale.weigh", "Scale.parts", "Reading") for label in keys(path=path)]
    assert set(kinds) == {"summary", "parameter", "returns", "yields", "raise", "attribute", "whole"}


WEIGH = {
    "a condition on one parameter": (("limit < 1", "limit < 2"), "summary p:limit r:ValueError"),
    "what is done with a local that is returned": (("total += one", "total -= one"), "summary returns"),
    "a loop over a parameter": (("in rest:", "in rest[1:]:"), "summary p:*rest returns"),
    "which statement is returned": (("return total", "return total + 1"), "summary returns"),
    "what is raised": (('ValueError("limit", limit)', "KeyError(limit)"), "summary p:limit r:ValueError r:KeyError"),
    "the text of what is raised": (('"limit", limit', '"limits", limit'), "summary p:limit r:ValueError"),
    "a condition around a result": (("if exact:", "if not exact:"), "summary p:exact returns"),
    "a default": (("limit=10,", "limit=11,"), "summary p:limit"),
    "the default of a flag": (("bool = False", "bool = True"), "summary p:exact"),
    "an annotation": (("exact: bool", "exact: int"), "summary p:exact"),
    "an annotation that is new": (("weigh(self, item,", "weigh(self, item: str,"), "summary p:item"),
    "the annotation of the result": (("-> int:", "-> float:"), "summary returns"),
    "the order of parameters": (("item, limit=10, *rest", "limit=10, item=None, *rest"), "summary p:item"),
    "a parameter's stars": (("*rest, exact", "rest=(), *, exact"), "summary p:*rest p:rest"),
    "a parameter that becomes one by keyword": (("limit=10, *rest, exact", "*rest, limit=10, exact"), "summary"),
    "a new parameter": (("item, limit", "item, size=1, limit"), "summary p:size"),
    "a decorator": (("    def weigh", "    @cached\n    def weigh"), "summary"),
    "its own name": (("weigh(", "measure("), "summary p:item p:limit p:*rest p:exact returns"),
    "the name of its class": (("class Scale", "class Balance"), "summary p:item p:limit p:*rest p:exact returns"),
    "the bases of its class": (("Scale(Base)", "Scale(Other)"), "summary"),
    "that it is asynchronous": (("def weigh", "async def weigh"), "summary"),
    "what a callee takes": (("item, by=0", "item, by=1"), "summary p:item returns"),
    "what another callee raises": (("LookupError", "IndexError"), "summary returns"),
    "that another callee raises nothing": (("raise LookupError(text)", "return 1"), "summary returns"),
    "the name of a callee": (("offset(", "shift("), "summary p:item returns"),
    "the arguments of a call": (("grams(total)", 'grams(total, "kg")'), "summary returns"),
    "a new statement": (("        if limit", "        self.count(limit)\n        if limit"), "summary p:limit"),
    "a statement about nothing": (("        if limit", "        self.count()\n        if limit"), "summary"),
    "a name of the module that is used": (("limit < 1", "limit < LIMIT"), "summary p:limit r:ValueError"),
}


@pytest.mark.parametrize("change", WEIGH)
def test_c9_of_a_function_exactly_what_depends_on_it_moves_with(change):
    (old, new), labels = WEIGH[change]
    after_path = {"its own name": "Scale.measure", "the name of its class": "Balance.weigh"}.get(change, "Scale.weigh")
    before, after = keys(), keys(changed((old, new)), after_path)
    assert moved(before, after) == wanted(labels)


def test_c9_a_parameter_that_was_renamed_moves_with_its_name_alone():
    source = SOURCE.replace('"limit", limit', '"too low", limit')
    after = keys(source.replace("limit", "bound"))
    assert moved(keys(source), after) == {"parameter:limit", "parameter:bound", "whole"}


PARTS = {
    "what is yielded": (("yield item[start:size]", "yield item[start:]"), "summary p:size yields"),
    "a local that is yielded": (("start = 0", "start = 1"), "summary yields"),
    "how it goes on": (("start += size", "start -= size"), "summary p:size yields"),
    "the condition around": (("start < len(item)", "start < len(item) - 1"), "summary p:item yields"),
    "a default": (("size=2", "size=3"), "summary p:size"),
}


@pytest.mark.parametrize("change", PARTS)
def test_c9_of_a_generator_exactly_what_depends_on_it_moves_with(change):
    pair, labels = PARTS[change]
    before = keys(path="Scale.parts")
    want = {label.replace("p:", "parameter:") for label in labels.split()} | {"whole"}
    # The statement that yields names `item`, `start` and `size`.
    if change == "what is yielded":
        want |= {"parameter:item"}
    assert moved(before, keys(changed(pair), "Scale.parts")) == want


SCALE = {
    "a statement of its own": (("drift = 0.5", "drift = 0.6"), "summary"),
    "the default of a parameter of its initializer": (("place=None", "place=0"), "summary p:place"),
    "what its initializer does with a parameter": (("= place\n", "= place or 1\n"), "summary p:place"),
    "what its initializer raises": (("NameError", "TypeError"), "summary r:NameError r:TypeError"),
    "its bases": (("Scale(Base)", "Scale(Other)"), "summary"),
    "a decorator": (("class Scale", "@final\nclass Scale"), "summary"),
    "the header of a method": (("item, by=0", "item, by=1"), "summary"),
    "a method's name": (("def parts", "def pieces"), "summary"),
    "a new method": (("    def parts", "    def halves(self): ...\n\n    def parts"), "summary"),
    "the body of a method": (("return item + by", "return item - by"), ""),
    "what a method raises": (("ValueError", "KeyError"), ""),
    "the docstring of a method": (("Say where it stands.", "Say it."), ""),
}


READING = {
    "an attribute's value": (("grams: float = 0.5", "grams: float = 0.6"), "summary a:grams"),
    "an attribute's annotation": (("kind: str", "kind: bytes"), "summary a:kind"),
    "an attribute's name": (('kind: str = "k', 'sort: str = "k'), "summary a:kind a:sort"),
    "a new attribute": (("    grams: float", "    unit: int = 1\n    grams: float"), "summary a:unit"),
    "the order of attributes": (
        ('    kind: str = "kitchen"\n    grams: float = 0.5', '    grams: float = 0.5\n    kind: str = "kitchen"'),
        "summary",
    ),
    "its decorator": (("@dataclass", "@dataclass(frozen=True)"), "summary"),
    "its name": (("class Reading", "class Value"), "summary a:kind a:grams"),
    "the body of a method": (("self.grams * 2", "self.grams + self.grams"), ""),
}


@pytest.mark.parametrize("change", READING)
def test_c9_of_a_class_with_fields_exactly_what_depends_on_it_moves_with(change):
    pair, labels = READING[change]
    before = keys(path="Reading")
    after = keys(changed(pair), "Value" if change == "its name" else "Reading")
    assert moved(before, after) == wanted(labels)


@pytest.mark.parametrize("change", SCALE)
def test_c9_of_a_class_exactly_what_depends_on_it_moves_with(change):
    pair, labels = SCALE[change]
    before, after = keys(path="Scale"), keys(changed(pair), "Scale")
    assert moved(before, after) == wanted(labels)


def test_c9_all_about_a_class_but_what_it_raises_moves_with_its_name():
    before, after = keys(path="Scale"), keys(changed(("class Scale", "class Balance")), "Balance")
    assert before.keys() - moved(before, after) == {"raise:NameError"}


MODULE = {
    "a statement": (("LIMIT = 10", "LIMIT = 11"), True),
    "an import": (("import os", "import sys"), True),
    "the header of a function": (('unit="g"', 'unit="kg"'), True),
    "the bases of a class": (("Scale(Base)", "Scale(Other)"), True),
    "the body of a function": (("return text + unit", "return unit"), False),
    "the method of a class": (("item, by=0", "item, by=1"), False),
    "a docstring": (("Say it in grams.", "Say it."), False),
}


@pytest.mark.parametrize("change", MODULE)
def test_c9_the_summary_of_a_module_moves_with_its_statements_and_headers(change):
    pair, is_moved = MODULE[change]
    assert (keys(path="<module>") != keys(changed(pair), "<module>")) is is_moved


# Several changes at once.

TOGETHER = (
    *("a default", "an annotation", "the annotation of the result", "a decorator", "the bases of its class"),
    *("which statement is returned", "a loop over a parameter", "what a callee takes", "a statement about nothing"),
)
MEANINGS = [WEIGH[name] for name in TOGETHER]
SAME = [
    ("Weigh it.", "Weigh."),
    ("Say where it stands.", "Nothing of this is read."),
    ("        total = self", "        # Why so?\n        total = self"),
    ("        for one", "\n\n        for one"),
    ("LIMIT = 10", "LIMIT = 12\nMORE = 3"),
    ("return text + unit", "return unit + text"),
    ("        return total\n", "        return total;\n"),
]


@given(st.lists(st.sampled_from(range(len(MEANINGS))), unique=True), st.lists(st.sampled_from(SAME), unique=True))
def test_c9_of_several_changes_at_once_the_keys_move_that_move_with_one_of_them(meanings, forms):
    pairs = [MEANINGS[number][0] for number in meanings]
    labels = " ".join(MEANINGS[number][1] for number in meanings)
    source = SOURCE
    for old, new in (*pairs, *forms):
        source = source.replace(old, new, 1)
    assert moved(keys(), keys(source)) == wanted(labels)
