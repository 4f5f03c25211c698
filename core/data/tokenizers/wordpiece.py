"""WordPiece: pieces learned as in byte-pair encoding; a word is split into the longest that fit, from its beginning.

M. Schuster, K. Nakajima. Japanese and Korean voice search. ICASSP 2012; J. Devlin, M.-W. Chang, K. Lee, K. Toutanova.
BERT. NAACL 2019. The training is that of the package `tokenizers`, which joins by frequency, not by likelihood.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.data.subwords import Lesson, Subwords, learned_model
from core.data.tokenize import LONGEST_WORD
from core.data.tokenizer import CONTINUES, TOKENIZERS

if TYPE_CHECKING:
    import tokenizers

__all__ = ["WordPieces"]

UNKNOWN = "[UNK]"


@TOKENIZERS.register
class WordPieces(Subwords):
    """Splits a word into the longest piece that begins it, the longest that goes on, and so forth."""

    name = "wordpiece"
    title = "WordPiece"
    summary = (
        "Pieces learned from the text, where beginnings of words and what continues them are learned apart. Much like "
        "BPE; what BERT's vocabulary was made with."
    )

    def learn(self, lesson: Lesson) -> Mapping[str, Any]:
        """Learn pieces."""
        import tokenizers
        from tokenizers.pre_tokenizers import WhitespaceSplit
        from tokenizers.trainers import WordPieceTrainer

        made = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token=UNKNOWN))
        made.pre_tokenizer = WhitespaceSplit()
        inner = sorted({character for word in lesson.words for character in word[1:]})
        trainer = WordPieceTrainer(
            vocab_size=lesson.pieces,
            # Characters that continue words get their numbers here: the trainer would give them as a hash table lists
            # the words, and pairs of equal frequency are joined in the order of numbers.
            special_tokens=[UNKNOWN, *lesson.alphabet, *(CONTINUES + character for character in inner)],
            continuing_subword_prefix=CONTINUES,
            show_progress=False,
        )
        made.train_from_iterator(lesson, trainer)
        numbers: dict[str, int] = learned_model(made)["vocab"]
        return {"pieces": sorted(numbers, key=numbers.__getitem__)}

    def model(self, learned: Mapping[str, Any]) -> "tokenizers.models.Model":
        """Pieces; those that continue words begin with “##”."""
        from tokenizers.models import WordPiece

        numbers = {piece: number for number, piece in enumerate(learned["pieces"])}
        if UNKNOWN not in numbers:
            raise ValueError("there is nothing for what is unknown")
        return WordPiece(
            vocab=numbers,
            unk_token=UNKNOWN,
            max_input_chars_per_word=LONGEST_WORD,
            continuing_subword_prefix=CONTINUES,
        )
