"""What a page shows of cleaning is what cleaning does."""

import itertools
import json
import random
import subprocess
import sys

import pytest

from core.data.build import build_corpus
from core.data.cleaner import steps_of
from core.data.cleaning_preview import pairs_of, trace
from core.data.options import CorpusOptions
from core.data.tokenizer import tokenizer_of
from core.errors import CorpusError

STEPS = (
    "duplicates",
    "sentences language=en",
    "markup",
    "urls",
    "accents",
    "numbers",
    "stop_words keep=not",
    "stemming",
    "phrases min_count=3",
    "phrases min_count=3",
)


def sample():
    """Lines with something for every step."""
    rng = random.Random(2)
    people = ["Dr. Smith", "the <b>nurse</b>", "Zoë", "the New York Times"]
    doing = ["was running 12 km", "reads www.example.org", "is not at the café", "visited New York City in 1999"]
    lines = [f"{rng.choice(people)} {rng.choice(doing)}. {rng.choice(people)} {rng.choice(doing)}." for _ in range(60)]
    return [*lines, "", lines[0], lines[1].upper()]


def build(tmp_path, lines, options):
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return build_corpus(path, tmp_path / "corpus", options)


def lines_of(corpus):
    bounds = corpus.offsets.tolist()
    ranks = corpus.tokens.tolist()
    return [tuple(corpus.words[rank] for rank in ranks[first:end]) for first, end in itertools.pairwise(bounds)]


@pytest.mark.parametrize("tokenizer", ["words", "whitespace", "pattern", "bpe vocabulary=120", "char_ngrams"])
@pytest.mark.parametrize("steps", [(), STEPS])
def test_ends_where_the_corpus_ends(tmp_path, tokenizer, steps):
    options = CorpusOptions(steps=steps, tokenizer=tokenizer)
    lines = sample()
    corpus = build(tmp_path, lines, options)
    last = trace(lines, options)[-1]
    assert [words for words in last.words if words] == [words for words in lines_of(corpus) if words]
    assert list(last.lines) == [" ".join(words) for words in last.words]


def test_stage_by_stage():
    lines = ["See <b>Zoë</b>. It is 12!", "", "SEE <b>zoë</b>.  It is 12!"]
    options = CorpusOptions(steps=("numbers", "markup", "sentences language=en", "duplicates", "accents"))
    stages = trace(lines, options)
    assert [stage.title for stage in stages] == [
        "As read", "Sentences", "Duplicates", "Markup", "Accents", "Words", "Numbers",
    ]  # fmt: skip
    assert [stage.unit for stage in stages][1::4] == ["sentences language=en", "words"]
    assert stages[0].lines == tuple(lines)
    assert stages[1].lines == ("See <b>Zoë</b>.", "It is 12!", "", "SEE <b>zoë</b>.", "It is 12!")
    assert stages[1].sources == (0, 0, 1, 2, 2)
    assert stages[2].sources == (0, 0, 1), "what was left out is in no line"
    assert stages[4].lines == ("See Zoe.", "It is 12!", "")
    assert stages[4].words == ()
    assert stages[5].words == (("see", "zoe"), ("it", "is", "12"), ())
    assert stages[6].lines == ("see zoe", "it is _number_", "")


def test_what_the_corpus_learned_is_used(tmp_path):
    options = CorpusOptions(tokenizer="bpe vocabulary=120", steps=("phrases min_count=3",))
    corpus = build(tmp_path, sample(), options)
    tokenizer = tokenizer_of(options.tokenizer)
    tokenizer.restore(json.loads((corpus.folder / "tokenizer.json").read_text("utf-8")))
    phrases = [
        {(first, second): word for first, second, word, *_ in some}
        for some in json.loads((corpus.folder / "phrases.json").read_text("utf-8"))
    ]
    line = "Dr. Smith was running"
    [words] = trace([line], options, tokenizer, phrases)[-1].words
    assert words == corpus.normal(line)
    assert words != trace([line], options)[-1].words[0]
    assert tokenizer.state() == json.loads((corpus.folder / "tokenizer.json").read_text("utf-8"))


def test_phrases_of_the_sample():
    lines = ["new york is new", "old new york", "york"] * 3
    options = CorpusOptions(steps=("phrases min_count=4 threshold=0.1",))
    last = trace(lines, options)[-1]
    assert last.lines[:3] == ("new_york is new", "old new_york", "york")
    pairs = pairs_of([tuple(line.split()) for line in lines])
    assert (pairs.tokens, pairs.total) == (24, 15)
    [step] = steps_of(options.steps)
    assert [(one.first, one.second, one.together) for one in step.candidates(pairs)] == [("new", "york", 6)]


def test_nothing_at_all():
    assert [stage.lines for stage in trace([], CorpusOptions(steps=STEPS))] == [()] * (len(STEPS) + 2)
    assert trace(["", " "], CorpusOptions())[-1].words == ((), ())


def test_a_pattern_that_takes_too_long_is_one_sentence(monkeypatch):
    monkeypatch.setattr("core.data.timed_pattern.SECONDS_TO_START", 0.05)
    with pytest.raises(CorpusError, match="takes too long"):
        trace(["a" * 60 + "b"], CorpusOptions(steps=("regex pattern='(a|aa)+$'",)))


def test_no_compiled_kernel_is_loaded():
    code = """
import sys
from core.data.cleaner import CLEANING_STEPS
from core.data.cleaning_preview import trace
from core.data.options import CorpusOptions
for unit in CLEANING_STEPS:
    trace(["The cats, 12 of them."] * 3, CorpusOptions(steps=(unit.name,)))
print(sorted(name for name in ("numba", "torch", "sklearn", "pandas", "scipy") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
