import pickle

from requested import requests

from glossator.model import FieldKey, FieldKind

SOURCE = '''\
"""Keep entries."""


class Store:
    """A store."""

    def load(self, key, *rest, **größe):
        """Load an entry.

        Args:
            key: A name.
        """
        if not key:
            raise errors.Gone(key)
        return self.entries[key]


def read(path):
    return open(path).read()
'''


def test_new_docstrings_are_asked_for_as_a_whole():
    (request,) = requests(SOURCE).values()
    assert request.path == "read"
    assert set(request.ours) == {
        FieldKey(FieldKind.SUMMARY),
        FieldKey(FieldKind.PARAMETER, "path"),
        FieldKey(FieldKind.RETURNS),
    }


def test_of_a_stale_docstring_only_new_fields_are_asked_for():
    request = requests(SOURCE, only="stale")["Store.load"]
    names = set(request.question.form.names)
    assert {"arg_rest", "arg_größe"} & names == {"arg_rest"}  # a name that not every server takes has a number
    assert "summary" not in names
    assert "arg_key" not in names


def test_the_form_asks_for_the_fields_that_the_embedded_provider_has_texts_for():
    for request in (requests(SOURCE) | requests(SOURCE, only="stale")).values():
        assert set(request.question.form.names.values()) == set(request.ours)
        assert all(request.ours.values())


def test_a_request_can_be_sent_to_another_process():
    request = requests(SOURCE)["read"]
    assert pickle.loads(pickle.dumps(request)) == request


def test_nothing_is_asked_for_what_is_documented_or_has_no_place():
    assert requests('"""Nothing."""\n') == {}
    assert requests('"""A module."""\ndef f(:\n') == {}


def test_a_change_of_the_code_is_another_fingerprint_and_identity():
    before, after = (requests(source)["read"] for source in (SOURCE, SOURCE.replace("read()", "read(1)")))
    assert before.fingerprint != after.fingerprint
    assert before.question.form.identity != after.question.form.identity
