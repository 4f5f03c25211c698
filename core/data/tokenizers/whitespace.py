"""What stands between white space, as it is: for text that something else has cut into tokens."""

from core.data.tokenizer import TOKENIZERS, Tokenizer
from core.params import Params

__all__ = ["WhiteSpace", "WhiteSpaceParams"]


class WhiteSpaceParams(Params):
    """White space needs no settings."""


@TOKENIZERS.register
class WhiteSpace(Tokenizer[WhiteSpaceParams]):
    """For text that is tokenised already: punctuation, markup and all stay where they are.

    White space is what Python's `str.isspace` says, and control characters. Characters that steer only the display
    are taken out, as everywhere.
    """

    name = "whitespace"
    title = "White space"
    summary = "Whatever stands between blanks, with its punctuation. For text that was cut into tokens before."
    cut = "whitespace"
    Params = WhiteSpaceParams
