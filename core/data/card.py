"""The card of a corpus: what it was made from, how, with what, and what each step did to it."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any, Literal

from core.data.cleaner import CleaningStep, steps_of
from core.data.options import CorpusOptions
from core.data.tokenize import TOKENIZER_VERSION
from core.data.tokenizer import Tokenizer, tokenizer_of
from core.data.unit_text import canonical

__all__ = ["Card", "StepCount", "card_of", "counted", "versions_of"]

Counted = Literal["documents", "characters", "words"]


@dataclass(frozen=True, slots=True)
class StepCount:
    """What one step did.

    Attributes:
        step: the step with its settings, as `--step` takes it; of the tokeniser, as `--tokenizer` takes it.
        stage: where it works: a stage of cleaning, or “tokenizer”.
        unit: what was counted: documents, characters of text, or words.
        before: how many there were before it.
        after: how many there are after it.
        types: different words after it; None before text is cut into words.
    """

    step: str
    stage: str
    unit: Counted
    before: int
    after: int
    types: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What a corpus is; with the file of that hash, the options rebuild it byte for byte.

    Attributes:
        id: hash of `sha256`, `options` and `versions`.
        name: what people call it.
        source: name of the file or folder that was read.
        sha256: hash of the bytes read; for a single file the file's own.
        bytes: how many.
        created: when it was read.
        options: how: those of `CorpusOptions`, in their one canonical form.
        versions: of what decides the result beside the options.
        steps: what each step did, in the order in which they worked.
        lines: lines of text, blank ones and documents that were left out included.
        documents: lines that have words.
        left_out: documents that steps left out; their lines have no words.
        tokens: words of the whole corpus.
        types: different words.
    """

    id: str
    name: str
    source: str
    sha256: str
    bytes: int
    created: str
    options: Mapping[str, Any]
    versions: Mapping[str, str]
    steps: tuple[StepCount, ...]
    lines: int
    documents: int
    left_out: int
    tokens: int
    types: int

    def json(self) -> str:
        """The card as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def card_of(meta: Mapping[str, Any]) -> Card:
    """The card of a corpus from its meta.json."""
    return Card(
        **{key: meta[key] for key in ("id", "name", "source", "sha256", "bytes", "created", "options")},
        versions=meta.get("versions", {"words": meta["tokenizer"], "unicode": meta["unicode"]}),
        steps=tuple(StepCount(**step) for step in meta.get("steps", ())),
        left_out=meta.get("left_out", 0),
        **{key: meta[key] for key in ("lines", "documents", "tokens", "types")},
    )


def counted(
    step: CleaningStep[Any] | Tokenizer[Any],
    stage: str,
    unit: Counted,
    before: int,
    after: int,
    types: int | None = None,
) -> StepCount:
    """What a step or a tokeniser did; attributes of `StepCount`."""
    return StepCount(canonical(type(step), step.params), stage, unit, before, after, types)


def versions_of(options: CorpusOptions) -> dict[str, str]:
    """The versions of all that decides what becomes of a text with these options."""
    packages = {name for step in steps_of(options.steps) for name in step.packages}
    packages |= set(tokenizer_of(options.tokenizer).packages)
    return {
        "words": TOKENIZER_VERSION,
        "unicode": unicodedata.unidata_version,
        **{name: metadata.version(name) for name in sorted(packages)},
    }
