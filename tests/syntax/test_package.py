"""What a package offers, and what names mean in it."""

import pickle

import pytest
from surfaces import offered, package

from glossator.syntax.meanings import Home


def home(found, name, module="pkg", path=""):
    """What a name means, as text; "" for nothing."""
    meant = found.resolve(name, Home(module, path))
    return str(meant) if meant else ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def a(): ...\nclass B: ...\nC = 1\n_d = 2\n", ["a", "B", "C"]),
        ("__version__ = '1'\n__all__ = ['a']\ndef a(): ...\ndef b(): ...\n", ["a"]),
        ("__version__ = '1'\ndef __getattr__(name): ...\n", ["__version__"]),
        ("__all__ = ('b', '_a')\n_a = b = 1\n", ["b", "_a"]),
        ("__all__: list[str] = ['a']\na = 1\n", ["a"]),
        (
            "__all__ = ['a']\n__all__ += ['b']\n__all__.extend(('c',))\n__all__.append('d')\na = b = c = d = e = 1\n",
            list("abcd"),
        ),
        ("__all__ = ['a'] + ['b']\na = b = 1\n", ["a", "b"]),
        ("__all__ = ['a', 'b']\n__all__.remove('a')\na = b = 1\n", ["b"]),
        ("__all__ = 'a b'.split()\na = b = c = 1\n", ["a", "b"]),
        ("__all__ = ['a']\n__all__ = ['b']\na = b = 1\n", ["b"]),
        ("__all__ = ['a']\n__all__ = [*__all__, 'b']\na = b = 1\n", ["a", "b"]),
        ("if x:\n    __all__ = ['a']\nelse:\n    __all__ = ['b']\na = b = 1\n", ["a", "b"]),
        ("__all__ = []\na = 1\n", []),
        ("__all__ = [one for one in dir() if one[0] != '_']\na = 1\n", ["a"]),
        ("__all__ = ['_b'] + found()\na = 1\n_b = 2\n", ["_b", "a"]),
        ("from typing import Any, List as List\nimport os\na = 1\n", ["List", "a"]),
        ("from .inner import a, _b, c as d, _e as _e\nfrom .inner import f as f\n", ["a", "d", "_e", "f"]),
        ("from . import inner\nx = 1\n", ["x"]),
        ("from .inner import *\n", ["a", "c", "f"]),
        ("from pkg.inner import a\nimport pkg.inner as b\n", ["a"]),
        ("from .listed import *\n", ["y"]),
        ("from . import listed\n__all__ = listed.__all__ + ['a']\nfrom .listed import *\na = 1\n", ["a", "_x", "y"]),
        ("from .listed import __all__ as more, y\n__all__ = ['a', *more]\na = 1\n", ["a", "_x", "y"]),
        ("if TYPE_CHECKING:\n    from .inner import a\n__getattr__ = lazy()\n", ["a"]),
        ("try:\n    from .inner import a\nexcept ImportError:\n    a = None\n", ["a"]),
    ],
)
def test_a_package_offers_what_it_says_or_what_is_public(text, names):
    found = package(
        pkg=text,
        inner="a = 1\n_b = 2\nc = 3\n_e = 5\ndef f(): ...\n",
        listed="__all__ = ['_x', 'y']\n_x = y = z = 1\n",
    )
    assert sorted(offered(found)) == sorted(names)


def test_offers_are_in_the_order_of_all_or_else_of_the_source():
    found = package(pkg="__all__ = ['c', 'a']\na = 1\nc = 2\n", m="b = 1\ndef a(): ...\nclass C: ...\n")
    assert offered(found) == ["c", "a"]
    assert offered(found, "pkg.m") == ["b", "a", "C"]


def test_a_module_that_is_no_package_does_not_offer_what_it_imports():
    found = package(m="from .inner import a\nfrom .inner import b as b\nc = 1\n", inner="a = b = 1\n")
    assert offered(found, "pkg.m") == ["b", "c"]


def test_a_name_that_others_define_is_offered_with_where_it_is_from():
    (offer, other) = package(pkg="from typing import Any as A\n__all__ = ['A', 'made']\n").offers("pkg")
    assert (offer.item.signature, offer.item.labels, offer.home) == (
        "from typing import Any as A",
        ("imported",),
        ("typing", "Any"),
    )
    assert (other.item.signature, other.item.labels) == ("made", ("dynamic",))
    assert offer.is_foreign
    assert other.is_foreign


def test_the_page_home_is_the_shortest_public_path():
    found = package(
        pkg="from ._feed import Feed\n",
        _feed="class Feed:\n    def merge(self): ...\n    def _m(self): ...\nclass Other: ...\n",
        api="from ._feed import Feed as Feed\n",
        tools="from ._feed import Other as Renamed\n__all__ = ['Renamed']\n",
    )
    assert found.page_home(Home("pkg._feed", "Feed")) == Home("pkg", "Feed")
    assert found.page_home(Home("pkg._feed", "Feed.merge")) == Home("pkg", "Feed.merge")
    assert found.page_home(Home("pkg._feed", "Feed._m")) is None
    assert found.page_home(Home("pkg._feed", "Other")) == Home("pkg.tools", "Renamed")
    assert found.page_home(Home("pkg._feed")) is None
    assert found.page_home(Home("pkg.tools")) == Home("pkg.tools")
    assert [one.name for one in found.placed("pkg")] == ["Feed"]
    assert found.placed("pkg.api") == ()


def test_public_modules_have_no_underscore_behind_the_first_name():
    found = package(a="", _b="", __main__="", **{"_b.c": "", "a.d": "", "a._e": ""})
    assert found.public_modules == ("pkg", "pkg.a", "pkg.a.d")


SCOPED = {
    "pkg": "from .feed import Feed\nfrom . import feed as feeds\nimport pkg.tools\n",
    "feed": """
        from .base import Base
        from . import tools
        LIMIT = 3
        class Feed(Base):
            size = 1
            class Entry:
                def title(self): ...
            def merge(self, other, size): ...
            def _drop(self): ...
        def load(Feed): ...
    """,
    "base": "class Base:\n    def close(self): ...\nclass Rare: ...\nclass Twice: ...\n",
    "tools": "def merge(): ...\ndef rare(): ...\nclass Twice: ...\n",
}


@pytest.mark.parametrize(
    ("name", "scope", "meant"),
    [
        ("Feed", ("pkg.feed", ""), "pkg.feed.Feed"),
        ("LIMIT", ("pkg.feed", "Feed.merge"), "pkg.feed.LIMIT"),
        ("merge", ("pkg.feed", "Feed"), "pkg.feed.Feed.merge"),
        ("merge()", ("pkg.feed", "Feed.merge"), "pkg.feed.Feed.merge"),
        ("self.merge", ("pkg.feed", "Feed.merge"), "pkg.feed.Feed.merge"),
        ("close", ("pkg.feed", "Feed"), "pkg.base.Base.close"),
        ("Feed.close", ("pkg.feed", ""), "pkg.base.Base.close"),
        ("Feed.Entry.title", ("pkg.feed", ""), "pkg.feed.Feed.Entry.title"),
        ("Entry", ("pkg.feed", "Feed.Entry.title"), "pkg.feed.Feed.Entry"),
        ("Feed._drop", ("pkg.feed", ""), "pkg.feed.Feed._drop"),
        ("~pkg.feed.Feed", ("pkg", ""), "pkg.feed.Feed"),
        ("pkg.Feed.merge", ("pkg.tools", ""), "pkg.feed.Feed.merge"),
        ("pkg.feeds.LIMIT", ("pkg.tools", ""), "pkg.feed.LIMIT"),
        ("tools.rare", ("pkg.feed", ""), "pkg.tools.rare"),
        ("pkg.tools", ("pkg.feed", ""), "pkg.tools"),
        ("pkg", ("pkg.feed", ""), "pkg"),
        ("Feed", ("pkg.tools", ""), "pkg.feed.Feed"),  # which the package offers
        ("Rare", ("pkg.tools", ""), "pkg.base.Rare"),  # which stands there alone
        # A parameter is meant, a common word, one of several, or nothing.
        ("size", ("pkg.feed", "Feed.merge"), ""),
        ("other", ("pkg.feed", "Feed.merge"), ""),
        ("Feed", ("pkg.feed", "load"), ""),
        ("rare", ("pkg.feed", ""), ""),
        ("Twice", ("pkg.feed", ""), ""),
        ("Feed.gone", ("pkg.feed", ""), ""),
        ("pkg.gone", ("pkg.feed", ""), ""),
        ("ValueError", ("pkg.feed", ""), ""),
        ("", ("pkg.feed", ""), ""),
        ("a b", ("pkg.feed", ""), ""),
        ("Feed.", ("pkg.feed", ""), ""),
        ("Feed", ("pkg.gone", "Gone"), "pkg.feed.Feed"),
    ],
)
def test_a_name_means_what_it_would_in_a_docstring_there(name, scope, meant):
    assert home(package(**SCOPED), name, *scope) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("from .a import Feed\nclass Feed(Feed): ...\n", "pkg.Feed"),
        ("class Feed: ...\nfrom .a import Feed\n", "pkg.a.Feed"),
        ("try:\n    from .a import Feed\nexcept ImportError:\n    class Feed: ...\n", "pkg.a.Feed"),
        ("try:\n    from .gone import Feed\nexcept ImportError:\n    class Feed: ...\n", "pkg.Feed"),
        ("class Feed: ...\ntry:\n    from .a import Feed\nexcept ImportError: ...\n", "pkg.Feed"),
        ("if TYPE_CHECKING:\n    from .a import Feed\nelse:\n    Feed = object\n", "pkg.a.Feed"),
        ("if not TYPE_CHECKING:\n    Feed = object\nelse:\n    from .a import Feed\n", "pkg.a.Feed"),
        ("if sys.platform == 'win32':\n    from .b import Feed\nelse:\n    from .a import Feed\n", "pkg.a.Feed"),
        (
            "if not x and sys.platform == 'win32':\n    from .b import Feed\nelse:\n    from .a import Feed\n",
            "pkg.a.Feed",
        ),
        ("if sys.version_info < (3, 11):\n    from .b import Feed\nelse:\n    from .a import Feed\n", "pkg.a.Feed"),
        ("if sys.version_info >= (3, 11):\n    from .a import Feed\nelif y:\n    from .b import Feed\n", "pkg.a.Feed"),
        (
            "if sys.platform.startswith('w') or os.name == 'nt':\n    class Feed: ...\nelse:\n    from .a import Feed",
            "pkg.a.Feed",
        ),
        ("if x:\n    from .a import Feed\nelse:\n    from .b import Feed\n", "pkg.a.Feed"),
        ("from .b import *\nfrom .a import *\n", "pkg.a.Feed"),
        ("from .a import Feed\nfrom .b import *\n", "pkg.a.Feed"),
    ],
)
def test_of_several_meanings_one_is_chosen_as_python_would(text, meant):
    found = package(pkg=text, a="class Feed: ...\n", b="class Feed: ...\n")
    assert home(found, "Feed") == meant


def test_a_submodule_and_a_name_of_it_are_told_apart():
    found = package(pkg="from .run import run\nfrom . import other\n", run="def run(): ...\n", other="def run(): ...\n")
    assert home(found, "run") == "pkg.run.run"
    assert home(found, "other") == "pkg.other"
    assert home(found, "pkg.run.run") == "pkg.run.run"


def test_imports_in_circles_come_to_an_end():
    found = package(
        pkg="from .a import x, y\n", a="from .b import x\nfrom . import y\n", b="from .a import x\nfrom pkg import y\n"
    )
    assert offered(found) == []
    assert home(found, "x") == ""
    assert found.import_edges() == (
        ("pkg", "pkg.a"),
        ("pkg.a", "pkg"),
        ("pkg.a", "pkg.b"),
        ("pkg.b", "pkg"),
        ("pkg.b", "pkg.a"),
    )


def test_stars_in_circles_bring_what_each_defines():
    found = package(
        pkg="from .a import *\n", a="from .b import *\nfrom pkg import *\nx = 1\n", b="from .a import *\ny = 1\n"
    )
    assert sorted(offered(found)) == ["x", "y"]
    assert home(found, "y") == "pkg.b.y"


def test_many_modules_that_take_all_of_each_other_take_no_time():
    names = [f"m{number}" for number in range(60)]
    stars = "".join(f"from pkg.{name} import *\n" for name in names)
    found = package(pkg=stars, **{name: f"{stars}x_{name} = 1\n" for name in names})
    assert len(offered(found)) == 60
    assert home(found, "gone") == ""
    assert home(found, "x_m59") == "pkg.m59.x_m59"


def test_lists_of_exports_in_circles_come_to_an_end():
    found = package(
        pkg="from . import a\n__all__ = ['x'] + a.__all__\nx = 1\n", a="import pkg\n__all__ = ['y'] + pkg.__all__\n"
    )
    assert offered(found)[0] == "x"


def test_long_ways_from_module_to_module_are_gone_within_bounds():
    count = 1500
    chains = {
        "from pkg.m{} import *\n": "x",
        "from pkg.m{} import x\n": "x",
        "from pkg import m{0}\n__all__ = m{0}.__all__\nfrom pkg.m{0} import *\n": "x",
        "from pkg.m{0} import x as y\nclass x(y): ...\n": "x.gone",
    }
    for chain, name in chains.items():
        texts = {f"m{number}": chain.format(number - 1) for number in range(1, count)}
        found = package(pkg=chain.format(count - 1), m0="__all__ = ['x']\nclass x: ...\n", **texts)
        assert found.resolve(name, Home("pkg")) is None or name == "x"
        assert home(found, "x", "pkg.m20") in ("pkg.m0.x", "pkg.m20.x")
        assert found.offers("pkg") is not None
        assert found.page_home(Home("pkg.m0", "x")) is not None
        assert found.inherited(Home("pkg", "x")) == ()


def test_classes_that_are_their_own_bases_have_a_line_that_ends():
    found = package(pkg="class A(B): ...\nclass B(A):\n    def f(self): ...\nclass C(C): ...\nclass D(D.E): ...\n")
    for name in "ABCD":
        assert found.inherited(Home("pkg", name)) is not None
    assert home(found, "A.f") == "pkg.B.f"


def test_a_long_line_of_bases_is_followed_within_bounds():
    lines = ["class C0:\n    def f(self): ...\n", *(f"class C{n}(C{n - 1}): ...\n" for n in range(1, 2000))]
    found = package(pkg="".join(lines))
    assert home(found, "C20.f") == "pkg.C0.f"
    assert len(found.ancestors(Home("pkg", "C1999"))) <= 40
    nested = "class C0:\n    class I: ...\n" + "".join(
        f"class C{n}(C{n - 1}.I):\n    class I(C{n - 1}.I): ...\n" for n in range(1, 500)
    )
    assert home(package(pkg=nested), "C499.gone") == ""


def test_members_are_inherited_in_the_order_of_python():
    found = package(
        pkg="""
        from .base import Left, Right
        class Both(Left, Right):
            def own(self): ...
            _hidden = 1
        """,
        base="""
        class Root:
            def root(self): ...
            def either(self): ...
            def own(self): ...
            def _private(self): ...
        class Left(Root):
            def left(self): ...
        class Right(Root):
            def either(self): ...
        """,
    )
    both = Home("pkg", "Both")
    assert [str(one) for one in found.ancestors(both)] == ["pkg.base.Left", "pkg.base.Right", "pkg.base.Root"]
    assert [(name, one.path) for name, one in found.inherited(both)] == [
        ("left", "Left"),
        ("either", "Right"),
        ("root", "Root"),
    ]
    assert found.subclasses(Home("pkg.base", "Root")) == (Home("pkg.base", "Left"), Home("pkg.base", "Right"))
    assert found.subclasses(Home("pkg.base", "Left")) == (both,)
    assert found.bases(both) == (Home("pkg.base", "Left"), Home("pkg.base", "Right"))


def test_another_name_of_a_class_is_followed_to_its_members_and_as_a_base():
    found = package(
        pkg="from .a import B as C\nclass D(C): ...\n", a="class A:\n    def f(self): ...\nB = A\nX = Y\nY = X\n"
    )
    assert home(found, "C") == "pkg.a.B"
    assert home(found, "C.f") == home(found, "D.f") == "pkg.a.A.f"
    assert home(found, "X.f", "pkg.a") == ""
    assert found.item(Home("pkg.a", "B")).alias_of == "A"


def test_edges_lead_to_the_modules_that_are_meant():
    found = package(
        a="from . import b\nfrom .b import x\nimport pkg.c as d\nimport os\ndef f():\n    import pkg.e\n",
        b="if TYPE_CHECKING:\n    from . import e\n    import pkg.a\nfrom .c import *\n",
        c="",
        e="from .a import b\n",
    )
    assert found.import_edges() == (("pkg.a", "pkg.b"), ("pkg.a", "pkg.c"), ("pkg.b", "pkg.c"), ("pkg.e", "pkg.a"))


def test_a_package_can_be_sent_to_another_process():
    found = package(**SCOPED)
    home(found, "Feed")
    again = pickle.loads(pickle.dumps(found))
    assert again.modules == found.modules
    assert again.offers("pkg") == found.offers("pkg")
    assert home(again, "Feed.close", "pkg.feed") == "pkg.base.Base.close"


def test_an_unknown_module_offers_nothing_that_could_be_asked_for():
    with pytest.raises(KeyError):
        package(pkg="").offers("pkg.gone")
