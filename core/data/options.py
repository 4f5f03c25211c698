"""How a file is read as a corpus: the settings that, with the bytes read, make a corpus what it is."""

import codecs

from pydantic import field_validator

from core.data.cleaner import canonical_steps
from core.data.tokenizer import canonical_tokenizer
from core.errors import SemascopeError
from core.params import Field, Params

__all__ = ["CorpusOptions"]

# Text encodings by Python's count, but not ones that a text file comes in.
NOT_OF_FILES = {"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}


class CorpusOptions(Params):
    """Reading and tokenising; what a run leaves out (rare words, say) is a setting of the run."""

    column: str | None = Field(
        None, max_length=1000, description="Column or field that holds the text; guessed where it is not named."
    )
    label_column: str | None = Field(
        None, max_length=1000, description="Column or field that holds a label of each document; none by default."
    )
    encoding: str | None = Field(
        None,
        max_length=40,
        description="Encoding of the file, such as latin-1; if not named, UTF-8 or what a byte order mark says.",
    )
    sheet: str | None = Field(
        None,
        max_length=200,
        description="Sheet of a workbook, by its name or number; the first that has rows if not named.",
        json_schema_extra={"advanced": True},
    )
    header: bool = Field(True, description="Whether the first row of a table names its columns.")
    format: str = Field(
        "auto",
        max_length=40,
        description="What the file holds, by the name of its reader; found out from its content.",
        json_schema_extra={"advanced": True},
    )
    tokenizer: str = Field(
        "words",
        max_length=1000,
        description="How text is cut into tokens: a tokeniser with its settings, such as “bpe vocabulary=8000”.",
    )
    lowercase: bool = Field(True, description="Bring words to lower case, so that “The” and “the” are one word.")
    steps: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="Cleaning steps with their settings, such as “stop_words language=en”, in the order they work in.",
    )

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            name = codecs.lookup(value.strip()).name
            "a".encode(name)
        except (LookupError, ValueError):
            name = ""
        if not name or name in NOT_OF_FILES:
            raise ValueError(
                f"encoding must be the name of a text encoding such as utf-8, latin-1 or cp1251, not {value!r:.60}"
            )
        return name

    @field_validator("format")
    @classmethod
    def _readable(cls, value: str) -> str:
        # The readers import this module.
        from core.data.reader import READERS

        if value != "auto" and value not in READERS.names():
            raise ValueError(f"format must be auto or one of {', '.join(READERS.names())}, not {value!r:.60}")
        return value

    @field_validator("tokenizer")
    @classmethod
    def _tokenizer(cls, value: str) -> str:
        try:
            return canonical_tokenizer(value)
        except SemascopeError as error:
            raise ValueError(str(error)) from None

    @field_validator("steps", mode="before")
    @classmethod
    def _steps(cls, value: object) -> object:
        if not isinstance(value, list | tuple) or not all(
            isinstance(text, str) and len(text) < 10_000 for text in value
        ):
            raise ValueError("steps must be a list of texts such as “stop_words language=en”")
        try:
            return canonical_steps(value)
        except SemascopeError as error:
            raise ValueError(str(error)) from None
