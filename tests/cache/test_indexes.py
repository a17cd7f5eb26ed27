"""The index that is chosen is the one that the product uses; without its extra the one over words stands in."""

import pytest
from served import answering, served

from glossator.cache import indexes
from glossator.cache.entries import decoded
from glossator.cache.semantic import SIZE
from glossator.cli.main import main
from glossator.config.load import Sources, load
from glossator.documenter.caching import new_disk

SHAPE = """\
class Shape:
    def get_width(self, scale):
        box = self.outer.width_of(self)
        return round(box * scale)
"""
GOOD = {
    "summary": "Return the width of the outer box in whole pixels.",
    "arg_scale": "Factor that the width is multiplied with.",
    "returns": "The width, scaled and rounded.",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def written(project, source):
    (project / "shape.py").write_text(source)
    assert main(["write", "shape.py", "--symbol", f"Shape.{source.split('def ')[1].partition('(')[0]}"]) == 0
    return (project / "shape.py").read_text()


@pytest.mark.parametrize("index", ["words", "semantic"])
def test_a_sibling_is_found_by_the_index_that_is_chosen(project, monkeypatch, index):
    if indexes.usable(index) != index:
        pytest.skip(f"the extra {index} is not installed")
    with served(answering(GOOD)) as fake:
        (project / "config.toml").write_text(f'{fake.config}\n[cache]\nindex = "{index}"\n')
        monkeypatch.setenv("GLOSSATOR_CONFIG", str(project / "config.toml"))
        written(project, SHAPE)
        text = written(project, SHAPE.replace("width", "height"))
        assert "Return the height of the outer box in whole pixels." in text
        assert len(fake.requests) == 1
    kept = new_disk(load(Sources()).settings).items()
    sketches = [entry.sketch for _, payload in kept if (entry := decoded(payload))]
    assert any(len(sketch) == SIZE for sketch in sketches) is (index == "semantic")


def test_without_its_extra_words_stand_in_and_it_is_said(project, monkeypatch, capsys):
    monkeypatch.setattr(indexes, "find_spec", lambda _name: None)
    with served(answering(GOOD)) as fake:
        (project / "config.toml").write_text(f'{fake.config}\n[cache]\nindex = "gpu"\n')
        monkeypatch.setenv("GLOSSATOR_CONFIG", str(project / "config.toml"))
        written(project, SHAPE)
        assert len(fake.requests) == 1
    said = capsys.readouterr().err
    assert said.count("pip install 'glossator[gpu]'") == 1
