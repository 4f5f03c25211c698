"""The contract of a sample corpus, the registry that finds them, and the way from a sample to a corpus of the store."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.params import validate
from core.registry import Registry
from core.runs.store import Store

__all__ = ["SAMPLES", "Sample", "sample_corpus"]


class Sample(ABC):
    """A corpus that is made on the spot.

    Class attributes:
        name: the name on the command line; also the name of the file.
        title: the name as people write it.
        summary: what it is, in a sentence or two.
        look_for: what to look for in a space trained on it.
        domain: its field, in a word or two.
        words: about how many words it has.
        options: how its file is read.
        watched: words worth watching during training.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    look_for: ClassVar[str]
    domain: ClassVar[str]
    words: ClassVar[int]
    options: ClassVar[dict[str, Any]] = {}
    watched: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def write(cls, folder: Path) -> Path:
        """Write the text as one file into `folder`; returns its path."""


SAMPLES: Registry[type[Sample]] = Registry("sample corpus", "sample_corpora")


def sample_corpus(name: str, store: Store, options: Mapping[str, Any] | None = None) -> Corpus:
    """The corpus of a sample, made and read unless the store already has the same bytes.

    Args:
        name: of the sample.
        store: where the corpus goes.
        options: how to read it, where that differs from the sample's own way.

    Raises:
        UnknownNameError: there is no such sample.
        SettingsError: an option breaks its rule.
    """
    sample = SAMPLES.get(name)
    with TemporaryDirectory(prefix="semascope-", dir=store.home) as scratch:
        path = sample.write(Path(scratch))
        reading = validate(CorpusOptions, {**sample.options, **(options or {})}, "a corpus")
        return store.corpus(store.add_corpus(path, reading, sample.title))
