"""Small texts of other languages than English train spaces whose neighbours make sense, with nothing set by hand."""

from pathlib import Path

import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.neighbours import nearest
from core.params import validate

TEXTS = Path(__file__).resolve().parents[5] / "shared" / "data" / "text"

# A word, and one that belongs to it: of one to two thousand words it was among the nearest twenty with each of eight
# seeds, mostly among the nearest five.
NEIGHBOURS = {
    "german_law_gg_bgb": [
        ("mieter", "vermieter"),  # tenant, landlord
        ("käufer", "verkäufer"),  # buyer, seller
        ("gläubiger", "schuldner"),  # creditor, debtor
    ],
    "finnish_ud_tdt": [
        ("euroopan", "unionin"),  # European, Union's
        ("euroopan", "yhteisöjen"),  # European, Communities'
        ("artiklan", "kohdan"),  # article's, paragraph's
    ],
    "chinese_recipes": [
        ("生抽", "老抽"),  # light and dark soy sauce
        ("生抽", "蚝油"),  # light soy sauce, oyster sauce
        ("盐", "鸡精"),  # salt, chicken powder
        ("面粉", "淀粉"),  # flour, starch
    ],
}


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbours_make_sense(name, tmp_path):
    path = TEXTS / f"{name}.txt"
    if not path.exists():
        pytest.skip("the texts of ../shared/data are not there")
    corpus = build_corpus(path, tmp_path / "corpus", CorpusOptions())
    data = corpus.training_data(min_count=5)
    architecture = ARCHITECTURES.get("skipgram")
    settings = architecture.preset("balanced", CorpusSize(corpus.tokens_total, len(data.words)))
    model = architecture(validate(architecture.Params, settings, "skipgram"))
    for _ in model.train(data, Context(seed=1)):
        pass
    space = model.space()
    for word, neighbour in NEIGHBOURS[name]:
        assert neighbour in [found.word for found in nearest(space, word, 20)], word
