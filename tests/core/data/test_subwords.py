"""What is learned does not depend on the process, and is written the same way whatever learned it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.data.build import build_corpus
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.data.subwords import Lesson, Subwords
from core.data.tokenizer import TOKENIZERS, tokenizer_of

ROOT = Path(__file__).resolve().parents[3]
NAMES = [unit.name for unit in TOKENIZERS if issubclass(unit, Subwords)]
LEARN = """
import hashlib, json, random, sys
import numpy as np
from core.data.tokenizer import tokenizer_of
rng = random.Random(3)
syllables = [a + b for a in "bdfgklmnprst" for b in "aeiouäö"]
falling = range(len(syllables), 0, -1)
words = {"".join(rng.choices(syllables, falling, k=rng.randrange(1, 6))) for _ in range(2500)}
words = [*sorted(words), "今天天气", "天气很好"]
counts = np.array([rng.randrange(1, 4) ** 5 for _ in words])
for name in sys.argv[1:]:
    tokenizer = tokenizer_of(name)
    tokenizer.fit(words, counts)
    learned = json.dumps([tokenizer.state(), tokenizer.split(words)])
    print(name, hashlib.sha256(learned.encode()).hexdigest())
"""


def learned_in_a_process(**environment):
    command = [sys.executable, "-c", LEARN, *NAMES]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_two_processes_learn_the_same():
    many = learned_in_a_process(PYTHONHASHSEED="1", TOKENIZERS_PARALLELISM="true")
    one = learned_in_a_process(PYTHONHASHSEED="2", TOKENIZERS_PARALLELISM="false")
    alone = learned_in_a_process(PYTHONHASHSEED="3", RAYON_NUM_THREADS="1")
    assert len(many.splitlines()) == len(NAMES)
    assert many == one == alone


@pytest.mark.parametrize("name", NAMES)
def test_pieces_of_scripts_without_spaces_are_words(name):
    words = ["加入酱油", "加入盐", "酱油和盐", "盐", "酱油"] * 20 + ["abcabc", "abc"]
    words = [f"{word}{i}" if word.isascii() else word for i, word in enumerate(words)]
    tokenizer = tokenizer_of(name)
    tokenizer.fit(list(dict.fromkeys(words)), np.full(len(set(words)), 30))
    for parts in tokenizer.split(["加入酱油", "酱油和盐", "盐abc"]):
        for index, part in enumerate(parts):
            assert part.startswith("##") == (index > 0 and part.strip("#").isascii())


@pytest.mark.parametrize("name", NAMES)
def test_a_corpus_of_pieces(name, tmp_path):
    line = "walking talking jumping walks talks jumps walked talked jumped walk talk jump\n"
    (tmp_path / "a.txt").write_text(line * 30)
    corpus = build_corpus(tmp_path / "a.txt", tmp_path / "corpus", CorpusOptions(tokenizer=f"{name} vocabulary=100"))
    texts = " ".join(corpus.words[token] for token in corpus.tokens).replace(" ##", "").split()
    assert texts == (line * 30).split()
    again = build_corpus(tmp_path / "a.txt", tmp_path / "again", CorpusOptions(tokenizer=f"{name} vocabulary=100"))
    for file in ("tokens.bin", "vocabulary.json", "tokenizer.json"):
        assert (corpus.folder / file).read_bytes() == (again.folder / file).read_bytes()
    assert Corpus.open(again.folder).id == corpus.id


def lesson_of(words, counts, settings=""):
    """What the tokeniser would learn from."""
    lessons = []

    class Listener(TOKENIZERS.get("bpe")):
        def learn(self, lesson: Lesson):
            lessons.append(lesson)
            return super().learn(lesson)

    tokenizer = Listener(tokenizer_of(f"bpe {settings}").params)
    tokenizer.fit(words, np.array(counts))
    return lessons[0]


def test_what_is_learned_from():
    lesson = lesson_of(["b", "a", "c"], [1, 5, 5])
    assert list(lesson) == ["a " * 5, "c " * 5, "b "], "the most frequent first, ties in the order they come in"
    assert lesson.alphabet == ["a", "b", "c"]
    assert (lesson.pieces, lesson.longest) == (500, 16)


def test_many_occurrences_are_scaled_down():
    lesson = lesson_of(["a", "b", "c"], [6_000_000, 4_000_000, 1])
    # To a million in all, but no word below once.
    assert lesson.times.tolist() == [600_000, 400_000, 1]


def test_how_many_pieces():
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "abcdefghij" for c in "klmnopqrstuvwxyzäöüß012345"]
    assert len(words) == 2600
    assert lesson_of(words, [2] * 2600).pieces == 650
    assert lesson_of(words, [2] * 2600, "vocabulary=300").pieces == 300
    characters = [chr(0x4E00 + i) + chr(0x4E00 + i + 1) for i in range(1000)]
    assert lesson_of(characters, [2] * 1000).pieces == 2 * 1001
    assert lesson_of(characters, [2] * 1000, "vocabulary=300").pieces == 1002
    assert lesson_of(characters, [2] * 1000).longest == 4


def test_a_word_with_a_new_character_is_split_into_characters():
    tokenizer = tokenizer_of("bpe")
    tokenizer.fit(["walk", "talk"], np.array([5, 5]))
    assert tokenizer.split(["walk", "wälk"]) == [("walk",), ("w", "##ä", "##l", "##k")]
    assert hashlib.sha256(json.dumps(tokenizer.state()).encode()).hexdigest()
