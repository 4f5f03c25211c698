"""How a file is read as a corpus: the settings that, with the bytes read, make a corpus what it is."""

import codecs
from typing import Literal

from pydantic import field_validator

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
    header: bool = Field(True, description="Whether the first row of a table names its columns.")
    format: Literal["auto", "text", "csv", "jsonl"] = Field(
        "auto",
        description="What the file holds: lines of text, a table (CSV, TSV) or JSON; found out from its content.",
        json_schema_extra={"advanced": True},
    )
    tokenizer: Literal["words"] = Field(
        "words", description="How text is cut: words are runs of letters, digits and marks of any script."
    )
    lowercase: bool = Field(True, description="Bring words to lower case, so that “The” and “the” are one word.")

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
