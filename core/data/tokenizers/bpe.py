"""Byte-pair encoding: the two neighbouring pieces that occur together most often become one, again and again.

P. Gage. A new algorithm for data compression. C Users Journal 1994; R. Sennrich, B. Haddow, A. Birch. Neural machine
translation of rare words with subword units. ACL 2016. The pieces are characters to begin with, not bytes.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.data.subwords import Lesson, Subwords, learned_model
from core.data.tokenizer import TOKENIZERS

if TYPE_CHECKING:
    import tokenizers

__all__ = ["BytePairs"]


@TOKENIZERS.register
class BytePairs(Subwords):
    """Splits a word by the merges that were learned, in the order in which they were."""

    name = "bpe"
    title = "BPE"
    summary = (
        "Pieces learned from the text by joining the most frequent neighbours. Rare words share what they have in "
        "common with others; frequent ones stay whole."
    )

    def learn(self, lesson: Lesson) -> Mapping[str, Any]:
        """Learn pieces and merges."""
        import tokenizers
        from tokenizers.pre_tokenizers import WhitespaceSplit
        from tokenizers.trainers import BpeTrainer

        made = tokenizers.Tokenizer(tokenizers.models.BPE())
        made.pre_tokenizer = WhitespaceSplit()
        trainer = BpeTrainer(
            vocab_size=lesson.pieces,
            initial_alphabet=list(lesson.alphabet),
            # Two neighbours together have to have fewer characters.
            max_token_length=lesson.longest + 1,
            show_progress=False,
        )
        made.train_from_iterator(lesson, trainer)
        learned = learned_model(made)
        numbers: dict[str, int] = learned["vocab"]
        merges = [[numbers[left], numbers[right]] for left, right in learned["merges"]]
        return {"pieces": sorted(numbers, key=numbers.__getitem__), "merges": merges}

    def model(self, learned: Mapping[str, Any]) -> "tokenizers.models.Model":
        """Pieces, and pairs of them by their numbers."""
        from tokenizers.models import BPE

        pieces = learned["pieces"]
        numbers = {piece: number for number, piece in enumerate(pieces)}
        merges = [(pieces[left], pieces[right]) for left, right in learned["merges"]]
        if not all(left + right in numbers for left, right in merges):
            raise ValueError("a merge makes no piece")
        return BPE(vocab=numbers, merges=merges)
