"""Sentences, duplicates, near-duplicates."""

import random

import pytest

from core.data.cleaner import steps_of


def split(step, *documents):
    return step.documents(list(documents))


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Dr. Smith came at 3.5 p.m. on Monday. He left! Why?", 3),
        ("auto", "Das ist z.B. gut, sagte Dr. Müller am 3. Mai im Gesetz. Danach ging er nach Hause!", 2),
        ("auto", "我爱北京天安门广场上的人们。今天天气很好！真的吗？", 3),
        ("hi", "यह एक है। वह दो है।", 2),
        ("en", "no end", 1),
    ],
)
def test_sentences(language, text, wanted):
    [step] = steps_of([f"sentences language={language}"])
    [parts] = split(step, text)
    assert len(parts) == wanted
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(part == part.strip() for part in parts)


def test_the_language_is_found_once_and_said():
    [step] = steps_of(["sentences"])
    assert split(step, "x", "")[1] == [""]
    assert step.notes() == []
    split(step, "Ich bin Dr. Müller und wohne z.B. in Berlin.", "Das Gesetz gilt nicht für alle Menschen.")
    assert step.notes() == ["Sentences were split as in German, the language of the first documents."]
    assert steps_of(["sentences language=en"])[0].notes() == []
    [step] = steps_of(["sentences"])
    split(step, "alpha gnp.exe beta gamma and so on", "alpha gnp.exe beta gamma")
    assert "general rules" in step.notes()[0]


def test_the_language_does_not_depend_on_how_documents_come_in_batches():
    """A file and the text kept of it come in other batches, and must become the same corpus."""
    german = ["Er kam z. B. am 3. Mai mit Dr. Meier. Dann ging er nach Hause."] * 40
    documents = german + ["He came to Mr. Smith on Jan. 5 with his wife. Then he left."] * 400
    found = []
    for size in (1, 7, len(documents)):
        [step] = steps_of(["sentences"])
        batches = [documents[first : first + size] for first in range(0, len(documents), size)]
        found.append(([part for batch in batches for part in step.documents(batch)], step.notes()))
    assert found[0] == found[1] == found[2]
    assert found[0][1] == ["Sentences were split as in German, the language of the first documents."]


def test_a_long_document_is_split_as_a_short_one():
    sentences = [f"This is sentence {number} of Mr. Smith." for number in range(3000)]
    [step] = steps_of(["sentences language=en"])
    assert split(step, " ".join(sentences)) == [sentences]
    endless = "word " * 20_000
    assert " ".join(split(step, endless)[0]).split() == endless.split()
    assert [len(part) for part in split(step, "x" * 10_000)[0]] == [4096, 4096, 1808]


def test_duplicates_by_hand():
    [step] = steps_of(["duplicates"])
    documents = ["One  two", "three", "ONE two ", "", "Stra\u00dfe e\u0301", "STRASSE \u00c9", "", "one two three"]
    kept = [True, True, False, True, True, False, True, True]
    assert split(step, *documents) == [[text] if stays else [] for text, stays in zip(documents, kept, strict=True)]
    assert split(step, "Three", "four") == [[], ["four"]], "the step remembers"
    assert step.notes() == ["Duplicates: 3 of 10 documents were there before and were left out."]


def test_duplicates_do_not_depend_on_how_documents_are_handed_over():
    rng = random.Random(1)
    documents = [f"document {rng.randrange(2000)}" for _ in range(5000)]
    [whole], [parts] = steps_of(["duplicates"]), steps_of(["duplicates"])
    seen = set()
    wanted = [[] if text in seen or seen.add(text) else [text] for text in documents]
    assert whole.documents(documents) == wanted
    cuts = sorted(rng.sample(range(5000), 40))
    handed = [parts.documents(documents[a:b]) for a, b in zip([0, *cuts], [*cuts, 5000], strict=True)]
    assert [answer for some in handed for answer in some] == wanted


VOCABULARY = [f"word{number}" for number in range(3000)]


def groups_of(words, size):
    return {tuple(words[start : start + size]) for start in range(max(1, len(words) - size + 1))}


def likeness(one, other, size):
    """Jaccard similarity, counted."""
    a, b = groups_of(one, size), groups_of(other, size)
    return len(a & b) / len(a | b)


def planted(seed, size):
    """Texts, and for each a copy with some words changed and how alike they are."""
    rng = random.Random(seed)
    texts = [[rng.choice(VOCABULARY) for _ in range(rng.randint(30, 200))] for _ in range(800)]
    copies = []
    for words in texts:
        copy = list(words)
        for _ in range(rng.randint(0, len(words) // 4)):
            copy[rng.randrange(len(copy))] = rng.choice(VOCABULARY)
        copies.append((copy, likeness(words, copy, size)))
    return texts, copies


@pytest.mark.parametrize(("similarity", "size"), [(0.8, 3), (0.6, 2), (0.9, 1)])
def test_planted_near_duplicates_are_found(similarity, size):
    texts, copies = planted(7, size)
    [step] = steps_of([f"near_duplicates similarity={similarity} words={size}"])
    assert all(step.documents([" ".join(words) for words in texts])), "texts by chance have nothing in common"
    answers = step.documents([", ".join(copy).upper() for copy, _ in copies])
    # The estimate is good to 0.04 or so: twice that on either side of the limit all must be right.
    near = [not answer for answer, (_, alike) in zip(answers, copies, strict=True) if alike >= similarity + 0.09]
    far = [not answer for answer, (_, alike) in zip(answers, copies, strict=True) if alike <= similarity - 0.09]
    assert min(len(near), len(far)) > 30
    assert sum(near) >= 0.98 * len(near)
    assert sum(far) <= 0.02 * len(far)
    decided = sum((not answer) == (alike >= similarity) for answer, (_, alike) in zip(answers, copies, strict=True))
    assert decided >= 0.88 * len(copies)


def test_near_duplicates_by_hand():
    [step] = steps_of(["near_duplicates words=1 similarity=0.7"])
    first = "the quick brown fox jumps over the lazy dog and runs away"
    documents = [
        first,
        first + "!",
        first.replace("quick", "slow"),
        "something else",
        "",
        "",
        "...",
        "北京天安门",
        "北京天安门。",
    ]
    kept = [bool(answer) for answer in step.documents(documents)]
    # 11 different words, 10 of them in common of 12 in all: 0.83.
    assert kept == [True, False, False, True, True, True, True, True, False]
    [note] = step.notes()
    assert note.startswith("Near-duplicates: 3 of 9 documents were left out")
    assert "“the quick brown fox" in note


def test_the_first_of_a_chain_stays():
    """Each is like the one before, the last unlike the first: what a text that is gone was like does not count."""
    chain = [" ".join(VOCABULARY[start : start + 80]) for start in range(0, 61, 12)]
    # 68 of 92 words in common with the one before: 0.74; 56 of 104 with the one before that: 0.54.
    [step] = steps_of(["near_duplicates words=1 similarity=0.64"])
    answers = [bool(answer) for text in chain for answer in step.documents([text])]
    assert answers == [True, False, True, False, True, False]


def test_near_duplicates_do_not_depend_on_how_documents_are_handed_over():
    texts, copies = planted(3, 3)
    documents = [" ".join(words) for words in texts[:300]] + [" ".join(copy) for copy, _ in copies[:300]]
    [whole], [one_by_one] = steps_of(["near_duplicates"]), steps_of(["near_duplicates"])
    assert whole.documents(documents) == [answer for text in documents for answer in one_by_one.documents([text])]
