"""Advice: each sentence appears where its reason holds, and not elsewhere."""

import pytest

from core.data.build import build_corpus
from core.data.diagnosis import diagnose
from core.data.examination import examine
from core.data.options import CorpusOptions

PROSE = (
    "the committee met in the morning to speak about the harbour and its ships",
    "a long winter had closed the northern road so nothing could be carried inland",
    "several merchants asked whether the council would lower the price of salt",
)


def told(tmp_path, lines, min_count=1, options=None):
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n", "utf-8")
    corpus = build_corpus(tmp_path / "text.txt", tmp_path / "corpus", options or CorpusOptions())
    return diagnose(corpus, examine(corpus), min_count)


def varied(number):
    """Lines of prose that differ, each in a word of its own."""
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"{PROSE[number % 3]} and then the {name}son family left"


def about(advice, part):
    return [one for one in advice if part in one.text]


@pytest.mark.parametrize(
    ("repeated", "says"),
    [
        (300, "More than every second line"),
        (100, "Every second line repeats"),
        (50, "Every third line"),
        (11, "Every 10th line"),
        (4, None),
    ],
)
def test_repeated_lines(tmp_path, repeated, says):
    lines = [varied(number) for number in range(100)]
    again = [lines[number % 100] for number in range(repeated)]
    found = about(told(tmp_path, [*lines, *again]), "repeats an earlier one")
    if says is None:
        assert found == []
        return
    assert found[0].text.startswith(says)
    assert f"({repeated} of {100 + repeated})" in found[0].text
    assert found[0].steps == ("duplicates",)


def test_markup_and_addresses(tmp_path):
    lines = [varied(number) for number in range(90)] + [
        f"<p>{varied(n)}</p> see www.example.org" for n in range(90, 100)
    ]
    advice = told(tmp_path, lines)
    assert about(advice, "10% of 100 lines looked at hold HTML")[0].steps == ("markup",)
    assert about(advice, "web or mail address")[0].steps == ("urls to=", "emails to=")


def test_languages(tmp_path):
    german = [f"Die Würde des Menschen ist unantastbar und der Paragraph {n} gilt" for n in range(30)]
    advice = told(tmp_path, [varied(number) for number in range(70)] + german)
    assert "70% English and 30% German" in about(advice, "several languages")[0].text
    assert (
        about(
            told(tmp_path / "a", [varied(n) for n in range(70)]) if (tmp_path / "a").mkdir() is None else [], "several"
        )
        == []
    )


def test_amount_and_layout(tmp_path):
    lines = [varied(number) for number in range(600)]
    assert about(told(tmp_path, lines), "words are few")[0].run == {"preset": "thorough"}
    (tmp_path / "b").mkdir()
    assert about(told(tmp_path / "b", [" ".join(lines), *lines[:5]]), "of all words")[0].steps == ("sentences",)
    (tmp_path / "c").mkdir()
    short = [part for line in lines for part in (line[:5], line[5:9], line[9:14])]
    assert about(told(tmp_path / "c", short * 3), "Half of the lines have")


def test_vocabulary(tmp_path):
    lines = [varied(number) for number in range(300)]
    advice = told(tmp_path, lines * 2 + [f"{line} {line[:4]}x{n}y" for n, line in enumerate(lines)])
    found = about(advice, "occur once")[0]
    assert found.run == {"min_count": 2}
    assert found.text.startswith("300 of ")
    assert about(advice, "not in a dictionary of English")
