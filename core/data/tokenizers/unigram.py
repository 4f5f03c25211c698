"""Unigram language model: far too many pieces at first; those go that the text's probability misses least.

T. Kudo. Subword regularization: improving neural network translation models with multiple subword candidates. ACL 2018.
A word is split where the product of its pieces' probabilities is greatest.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.data.subwords import Lesson, Subwords, learned_model
from core.data.tokenizer import TOKENIZERS

if TYPE_CHECKING:
    import tokenizers

__all__ = ["Unigram"]

#: The package gives a character that has not earned a place the lowest score, plus this times a number that is its
#: place in a hash table.
PENALTY = 1e-4
#: Sums over the words of a hash table differ in their fourteenth decimal.
DECIMALS = 4


@TOKENIZERS.register
class Unigram(Subwords):
    """Splits a word into the most probable pieces."""

    name = "unigram"
    title = "Unigram"
    summary = (
        "Pieces learned from the text by leaving out what it misses least; they come nearer to stems and endings than "
        "those of BPE, and to the words of a script without spaces. Learning takes the longest."
    )
    most_words = 20_000

    def learn(self, lesson: Lesson) -> Mapping[str, Any]:
        """Learn pieces and the logarithms of their probabilities."""
        import tokenizers
        from tokenizers.pre_tokenizers import WhitespaceSplit
        from tokenizers.trainers import UnigramTrainer

        made = tokenizers.Tokenizer(tokenizers.models.Unigram())
        made.pre_tokenizer = WhitespaceSplit()
        trainer = UnigramTrainer(
            vocab_size=lesson.pieces,
            initial_alphabet=list(lesson.alphabet),
            max_piece_length=lesson.longest,
            show_progress=False,
        )
        made.train_from_iterator(lesson, trainer)
        scores: dict[str, float] = dict(learned_model(made)["vocab"])
        lowest = min(scores.values())
        unearned = lowest + PENALTY * (len(lesson.alphabet) + 1)
        same = {
            piece: round(lowest if len(piece) == 1 and score <= unearned else score, DECIMALS)
            for piece, score in scores.items()
        }
        pieces = sorted(same, key=lambda piece: (-same[piece], piece))
        return {"pieces": pieces, "scores": [same[piece] for piece in pieces]}

    def model(self, learned: Mapping[str, Any]) -> "tokenizers.models.Model":
        """Pieces with their scores."""
        from tokenizers.models import Unigram as Model

        scores = [float(score) for score in learned["scores"]]
        if not all(map(math.isfinite, scores)):
            raise ValueError("a score is no number")
        return Model(list(zip(learned["pieces"], scores, strict=True)))
