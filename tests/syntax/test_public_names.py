"""No public name of an installed package is missing: beside what griffe reads, and what an import finds."""

import pytest
import surfaces

from glossator.syntax.meanings import Home

SOAKED = (
    *("jinja2", "pygls", "rich", "pluggy", "idna", "anyio", "asyncio", "json", "email", "redis", "cattrs", "requests"),
    *("markdown", "prometheus_client", "tenacity"),
)
PACKAGES = (
    *("pathspec", "platformdirs", "stamina", "click", "httpx2"),
    *(pytest.param(name, marks=pytest.mark.soak) for name in SOAKED),
)

# What griffe lists, and we do not: nobody uses these names.
MACHINERY = ("__slots__", "__match_args__", "__getattr__", "__dir__", "__all__")

# What cannot be seen in the source, by the start of the name, with the reason.
DYNAMIC = {
    "httpx2.codes.": "set in a loop over the values, in small letters",
    "email.message.Message.walk": "imported in the class",
    "jinja2.nodes.": "set by the metaclass of nodes",
    "jinja2.nativetypes.NativeEnvironment.template_class": "set behind the class",
    "jinja2.ext.DebugExtension.identifier": "set by __init_subclass__",
    "jinja2.ext.ExprStmtExtension.identifier": "set by __init_subclass__",
    "jinja2.ext.InternationalizationExtension.identifier": "set by __init_subclass__",
    "jinja2.ext.LoopControlExtension.identifier": "set by __init_subclass__",
    "markdown.htmlparser._HTMLParser.": "a base that is a copy of a module's class",
    "redis.asyncio.cluster.ClusterPipeline.": "set in a loop over the blocked commands",
    "redis.cluster.ClusterPipeline.": "set in a loop over the blocked commands",
}
# What griffe takes for public: in modules whose names are Python's, or though it is not said.
PRIVATE = (
    "httpx2.__version__.",
    "asyncio.base_futures.isfuture",  # its `__all__` is empty
    *(f"redis.commands.bf.{name}" for name in ("Any", "Awaitable", "overload")),  # from others, through a star
)


def is_written_by_griffe(member):
    """Whether griffe made up an initializer, that of a dataclass."""
    return member.name == "__init__" and not member.is_alias and "dataclass" in member.parent.labels


def is_set(found, owner, member):
    """Whether an initializer sets an attribute, which hides what the class or a base has under its name."""
    classes = (found.item(one) for one in (owner, *found.ancestors(owner)))
    first = next((one.member(member) for one in classes if one.member(member) is not None), None)
    return first is not None and "instance attribute" in first.labels


@pytest.mark.parametrize("name", PACKAGES)
def test_no_public_name_is_missing_that_griffe_lists(name):
    ours = surfaces.everything(surfaces.installed(name))
    theirs = surfaces.public_by_griffe(name)
    missing = {one for one, member in theirs.items() if one not in ours and not is_written_by_griffe(member)}
    missing = {one for one in missing if one.rpartition(".")[2] not in MACHINERY and not one.startswith(PRIVATE)}
    assert missing == set()
    assert len(theirs) > 10


@pytest.mark.parametrize("name", PACKAGES)
def test_what_a_name_stands_for_is_what_griffe_takes_it_for(name):
    found = surfaces.installed(name)
    for module in found.public_modules:
        theirs = surfaces.public_by_griffe(name)
        for offer in found.offers(module):
            member = theirs.get(f"{module}.{offer.name}")
            if member is not None and member.is_alias and not offer.is_foreign:
                # Griffe's path may lead on through other modules, and to a C module that has it, too.
                target = member.target_path
                if target.partition(".")[0] == name:
                    assert found.resolve(target, Home(module)) == offer.home, offer.name


@pytest.mark.parametrize("name", PACKAGES)
def test_no_public_name_is_missing_that_an_import_finds(name):
    found = surfaces.installed(name)
    missing = []
    for module, said in surfaces.by_import(name).items():
        offers = {one.name: one for one in found.offers(module)}
        missing += [f"{module}.{one}" for one in said["places"] if one not in offers]
        for owner, members in said["members"].items():
            item = offers[owner].item if owner in offers else None
            if item is not None and item.kind == "class":
                missing += [f"{module}.{owner}.{one}" for one in members["own"] if item.member(one) is None]
    assert [one for one in missing if not one.startswith(tuple(DYNAMIC))] == []


@pytest.mark.parametrize("name", PACKAGES)
def test_names_lead_to_where_an_import_finds_their_definition(name):
    found = surfaces.installed(name)
    for module, said in surfaces.by_import(name).items():
        for offer in found.offers(module):
            place = said["places"].get(offer.name)
            if not place or offer.item.kind == "attribute":
                continue
            # Some packages write the public module over `__module__`.
            assert place in (str(offer.home), str(found.page_home(offer.home))), offer.name


@pytest.mark.parametrize("name", PACKAGES)
def test_inherited_members_come_from_the_classes_that_python_takes_them_from(name):
    found = surfaces.installed(name)
    for module, said in surfaces.by_import(name).items():
        for offer in found.offers(module):
            members = said["members"].get(offer.name)
            if members is None or offer.item.kind != "class":
                continue
            ours = dict(found.inherited(offer.home))
            for member, place in members["from"].items():
                is_seen = place.startswith(f"{name}.") and not f"{place}.{member}".startswith(tuple(DYNAMIC))
                if is_seen and not is_set(found, offer.home, member):
                    assert place in (str(ours[member]), str(found.page_home(ours[member]))), (offer.name, member)
