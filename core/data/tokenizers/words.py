"""Words of any script: letters, digits and underscores, with the marks and joiners that belong to them."""

from core.data.tokenizer import TOKENIZERS, Tokenizer
from core.params import Params

__all__ = ["Words", "WordsParams"]


class WordsParams(Params):
    """Words need no settings."""


@TOKENIZERS.register
class Words(Tokenizer[WordsParams]):
    """The usual tokeniser; `core.data.tokenize` says what a word is."""

    name = "words"
    title = "Words"
    summary = "Runs of letters, digits and marks of any script. Right for every language with spaces between words."
    cut = "words"
    Params = WordsParams
