"""What stands between white space stays as it is."""

import random
import unicodedata

from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.data.tokenize import STRIPPED, PlainCounter, spans_of, words_of
from core.data.tokenizer import tokenizer_of
from core.data.word_counter import WordCounter, chunks_of, counter_for

WHITE_SPACE = tokenizer_of("whitespace")


def counted(counter, text, size):
    tokens = []
    for chunk in chunks_of(iter([text]), size):
        tokens += counter.add(counter.prepare(chunk), False)[0].tolist()
    tokens += counter.add(counter.prepare(""), True)[0].tolist()
    return [counter.words()[token] for token in tokens]


def test_by_hand():
    text = '<b>The</b> **cat**\u00a0sat,\u3000on "it"\x00\x1fnow \u200b=1+1 a\u00adb'
    expected = ["<b>the</b>", "**cat**", "sat,", "on", '"it"', "now", "=1+1", "ab"]
    assert words_of(text, True, WHITE_SPACE) == expected
    assert words_of("The cat.", False, WHITE_SPACE) == ["The", "cat."]
    assert counted(WordCounter(cut="whitespace"), text, 1 << 20) == expected
    assert counted(PlainCounter(tokenizer=WHITE_SPACE), text, 1 << 20) == expected


def test_the_counters_do_what_python_does():
    rng = random.Random(7)
    letters = "aB<>#*é\u0301\u200d中한\u0915\u094d🙂Σ \t\u2028\u00a0\u200e\n" + "z" * 5
    for _ in range(100):
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(300)))
        plain = unicodedata.normalize("NFC", text).lower().translate(dict.fromkeys(map(ord, STRIPPED)))
        for size in (10, 1 << 20):
            assert counted(WordCounter(cut="whitespace"), text, size) == plain.split()
            assert counted(PlainCounter(tokenizer=WHITE_SPACE), text, size) == plain.split()


def test_places():
    text, found = spans_of("Say\u00ad: <B> ok", True, WHITE_SPACE)
    assert text == "Say: <B> ok"
    assert found == [("say:", 0, 4), ("<b>", 5, 8), ("ok", 9, 11)]


def test_the_counter_is_chosen_by_size():
    assert isinstance(counter_for(WHITE_SPACE, True, 1_000), PlainCounter)
    assert isinstance(counter_for(WHITE_SPACE, True, 10_000_000), WordCounter)
    assert isinstance(counter_for(tokenizer_of("pattern"), True, 10_000_000), PlainCounter)


def test_a_corpus_of_tokens(tmp_path):
    (tmp_path / "a.txt").write_text("New_York 's U.S. <num>\nNew_York , <num>\n" * 3)
    corpus = build_corpus(
        tmp_path / "a.txt", tmp_path / "corpus", CorpusOptions(tokenizer="whitespace", lowercase=False)
    )
    assert dict(zip(corpus.words, corpus.counts.tolist(), strict=True)) == {
        "New_York": 6, "<num>": 6, "'s": 3, "U.S.": 3, ",": 3,
    }  # fmt: skip
