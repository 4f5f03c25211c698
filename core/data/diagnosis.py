"""What the corpus doctor advises: plain sentences, and with some of them the setting that follows the advice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.data.corpus import Corpus
from core.data.examination import Examination
from core.data.languages import LANGUAGE_NAMES

__all__ = ["Advice", "diagnose"]

FEW, ENOUGH = 5_000, 100_000
OFTEN = 0.05
ORDINALS = ("", "Nearly every", "Every second", "Every third", "Every fourth", "Every fifth")


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence, and what would follow it.

    Attributes:
        text: what was found and what to do.
        label: what a button that does it says; empty where nothing can be done with one click.
        run: settings of a run that it asks for.
        steps: cleaning steps that it asks for, as their texts.
        tokenizer: the tokeniser that it asks for, or None.
    """

    text: str
    label: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    tokenizer: str | None = None


def diagnose(corpus: Corpus, found: Examination, min_count: int) -> list[Advice]:
    """What to say about a corpus, the most useful first.

    Args:
        corpus: the corpus.
        found: what was counted about it.
        min_count: the minimum count that a run would start with.
    """
    told = [*_content(corpus, found), *_amount(corpus, found), *_vocabulary(corpus, found, min_count)]
    return [advice for advice in told if advice is not None]


def _content(corpus: Corpus, found: Examination) -> list[Advice | None]:
    """About what the lines hold."""
    lines = found.lines
    done = {str(step).split()[0] for step in corpus.meta["options"].get("steps", [])}
    return [
        Advice(
            f"{_every(lines.repeated / lines.count)} line repeats an earlier one ({lines.repeated:,} of "
            f"{lines.count:,}), so what stands there counts several times; leave the repeats out.",
            "Leave repeats out",
            steps=("duplicates",),
        )
        if lines.count and lines.repeated > OFTEN * lines.count and "duplicates" not in done
        else None,
        Advice(
            f"{found.markup:.0%} of {found.sampled} lines looked at hold HTML, whose tags and entities would be taken "
            "for words; take it away.",
            "Take markup away",
            steps=("markup",),
        )
        if found.markup > OFTEN and "markup" not in done
        else None,
        Advice(
            f"{found.addresses:.0%} of {found.sampled} lines looked at hold a web or mail address, whose parts would "
            "be taken for words; take them away.",
            "Take addresses away",
            steps=("urls to=", "emails to="),
        )
        if found.addresses > OFTEN and "urls" not in done
        else None,
        _languages(found),
    ]


def _languages(found: Examination) -> Advice | None:
    shares = [(code, share) for code, share in found.languages.items() if share >= 0.1]
    if len(shares) < 2:
        return None
    named = " and ".join(f"{share:.0%} {LANGUAGE_NAMES.get(code, code)}" for code, share in shares[:3])
    return Advice(
        f"The lines are in several languages ({named}, of {found.languages_of} lines looked at): each becomes an "
        "island of its own in the map; a corpus of one language says more."
    )


def _amount(corpus: Corpus, found: Examination) -> list[Advice | None]:
    """About how much there is, and how it is laid out."""
    tokens = corpus.tokens_total
    longest = found.lines.longest[0][1] if found.lines.longest else 0
    return [
        Advice(
            f"{tokens:,} words are few: only the most frequent words will have neighbours to rely on; the preset "
            "thorough makes most of them.",
            "Use the preset thorough",
            run={"preset": "thorough"},
        )
        if FEW <= tokens < ENOUGH
        else None,
        Advice(
            f"Half of the lines have {found.lines.median:g} words or fewer, so there is little around a word to learn "
            "from; join what belongs together into one line.",
        )
        if found.lines.count > 1 and found.lines.median < 4 and tokens >= FEW
        else None,
        Advice(
            f"One line holds {longest / tokens:.0%} of all words; sentences of their own keep what does not belong "
            "together apart.",
            "Split into sentences",
            steps=("sentences",),
        )
        if tokens >= FEW and longest > tokens / 2
        else None,
    ]


def _vocabulary(corpus: Corpus, found: Examination, min_count: int) -> list[Advice | None]:
    """About its different words."""
    once = int(np.count_nonzero(corpus.counts == 1))
    kept = corpus.kept(max(2, min_count))
    english = found.languages.get("en", 0.0) >= 0.5
    unknown = found.unknown
    plain = corpus.meta["options"].get("tokenizer") == "words"
    return [
        Advice(
            f"{once:,} of {corpus.types:,} different words occur once; a minimum count of {max(2, min_count)} leaves "
            f"them out and keeps {kept.share:.0%} of the text.",
            f"Use a minimum count of {max(2, min_count)}",
            run={"min_count": max(2, min_count)},
        )
        if once > 0.3 * corpus.types and kept.types >= 50 and kept.share > 0.8
        else None,
        Advice(
            f"New words never cease (Heaps' exponent {found.heaps.exponent:.2f}; English prose has about .6): "
            "compounds, endings, names or typing errors. Subwords learned from the text share what their forms have in "
            "common.",
            "Use subwords",
            tokenizer="bpe",
        )
        if found.heaps and found.heaps.exponent > 0.75 and corpus.tokens_total >= ENOUGH // 2 and plain
        else None,
        Advice(
            f"{unknown.types:.0%} of the different words are not in a dictionary of English "
            f"({', '.join(unknown.examples[:5])} …): vectors made from general text know little of them, so training "
            "on this text is worth it."
        )
        if unknown is not None and english and unknown.types > 0.1
        else None,
    ]


def _every(share: float) -> str:
    if 0.6 < share < 0.85:
        return "More than every second"
    number = round(1 / share)
    return ORDINALS[number] if number < len(ORDINALS) else f"Every {number}th"
