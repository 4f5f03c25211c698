"""A run's vectors as a file, and back: from the end of the run, or from its newest good checkpoint."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from core.architecture import ARCHITECTURES
from core.data.part_encoder import PartEncoder
from core.errors import FormatError, RunError, SemascopeError
from core.ngrams import NgramEncoder
from core.runs.checkpoints import file_hash, newest_good
from core.runs.spec import Spec
from core.space import EmbeddingSpace, Encoder
from core.tensors import Arrays, Rows, load_tensors, open_tensors, save_tensors

if TYPE_CHECKING:
    from core.data.corpus import Corpus

__all__ = [
    "ENCODER_FILE",
    "SPACE_FILE",
    "CorpusWording",
    "KeptEncoder",
    "read_encoder",
    "read_space",
    "space_from_checkpoint",
    "write_encoder",
    "write_space",
]

SPACE_FILE = "vectors.safetensors"
ENCODER_FILE = "encoder.safetensors"


@runtime_checkable
class KeptEncoder(Protocol):
    """An encoder that can be written: arrays, and facts as JSON. Its class stands in `ENCODERS` under its kind."""

    kind: ClassVar[str]

    def __call__(self, item: str) -> npt.NDArray[np.float32]:
        """As `Encoder` has it."""

    def kept(self) -> tuple[Arrays, dict[str, Any]]:
        """The arrays and facts that `ENCODERS` make it of again."""


# By kind: arrays that may lie on the disk, facts and dimensions make the encoder again, or raise a ValueError.
ENCODERS: dict[str, Callable[[Mapping[str, Rows], Mapping[str, Any], int], KeptEncoder]] = {
    NgramEncoder.kind: NgramEncoder.opened,
    PartEncoder.kind: PartEncoder.opened,
}


class CorpusWording:
    """Writes typed words as a corpus does; says nothing where the corpus is gone or damaged.

    Args:
        open_corpus: opens it, when it is first asked for.
    """

    def __init__(self, open_corpus: Callable[[], "Corpus"]) -> None:
        self._open = open_corpus
        self._corpus: Corpus | None = None

    def __call__(self, text: str) -> tuple[str, ...]:
        """The words of the corpus for a text, none where it cannot be said."""
        try:
            if self._corpus is None:
                self._corpus = self._open()
            return self._corpus.normal(text)
        except SemascopeError:
            return ()


def write_space(path: Path, space: EmbeddingSpace) -> str:
    """Write vectors, counts and keys as one safetensors file; returns its SHA-256. An encoder goes into one beside it.

    The keys are a JSON list in a tensor of bytes: they may hold anything that text can hold.
    """
    keys = json.dumps(space.keys, ensure_ascii=False).encode("utf-8", "replace")
    arrays: Arrays = {"vectors": space.vectors, "counts": space.counts, "keys": np.frombuffer(keys, np.uint8)}
    write_encoder(path.with_name(ENCODER_FILE), space.encoder)
    save_tensors(path, arrays)
    return file_hash(path)


def read_space(path: Path, sha256: str = "", metadata: Mapping[str, Any] | None = None) -> EmbeddingSpace:
    """Read what `write_space` wrote.

    Args:
        path: the file.
        sha256: the hash it must have; empty leaves that out.
        metadata: facts for the space; `sha256` is added to them.

    Raises:
        RunError: missing, damaged, or not the file that was written.
    """
    try:
        found = file_hash(path)
        if sha256 and found != sha256:
            raise RunError(f"{path.name} is damaged: it is not what the training wrote.")
        arrays, _ = load_tensors(path)
        vectors, counts, keys = arrays["vectors"], arrays["counts"], json.loads(arrays["keys"].tobytes())
        if vectors.dtype != np.float32 or counts.dtype != np.int64 or not np.isfinite(vectors).all():
            raise ValueError("numbers of another kind")
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
            raise ValueError("keys that are not unique texts")
        return EmbeddingSpace(keys, vectors, counts, {**(metadata or {}), "sha256": found})
    except OSError as error:
        raise RunError(f"{path.name} cannot be read ({error.strerror or error}).") from None
    except (FormatError, KeyError, ValueError, RecursionError) as error:
        raise RunError(f"{path.name} is damaged ({str(error)[:200]}).") from None


def write_encoder(path: Path, encoder: Encoder | None) -> None:
    """Write what gives vectors to unseen words, where it is of a kind that can be kept."""
    if isinstance(encoder, KeptEncoder):
        arrays, facts = encoder.kept()
        save_tensors(path, arrays, {"encoder": json.dumps({**facts, "kind": encoder.kind}, sort_keys=True)})


def read_encoder(path: Path, dimensions: int) -> Encoder | None:
    """What `write_encoder` wrote; its arrays stay on the disk. None where there is no such file.

    Raises:
        RunError: damaged.
    """
    if not path.exists():
        return None
    try:
        arrays, texts = open_tensors(path)
        facts = json.loads(texts["encoder"])
        return ENCODERS[facts["kind"]](arrays, facts, dimensions)
    except OSError as error:
        raise RunError(f"{path.name} cannot be read ({error.strerror or error}).") from None
    except (FormatError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise RunError(f"{path.name} is damaged ({str(error)[:200]}).") from None


def space_from_checkpoint(
    folder: Path, spec: Spec, corpus: "Corpus", metadata: Mapping[str, Any], wrong: str = ""
) -> EmbeddingSpace:
    """The vectors of the newest good checkpoint of the run in `folder`.

    Args:
        folder: the run's folder.
        spec: its recipe.
        corpus: what it trains on; its words name the rows.
        metadata: facts for the space; `block`, `fraction` and, where something was passed over, `note` are added.
        wrong: why the vectors of the run's end are not used, for the note.

    Raises:
        RunError: no checkpoint is good.
    """
    checkpoint = newest_good(folder, {"run": folder.name})
    if checkpoint is None:
        raise RunError(wrong or "No checkpoint of this run is whole; train again with the same recipe.")
    settings = spec.settings
    try:
        data = corpus.training_data(settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)
        architecture = ARCHITECTURES.get(spec.architecture)(spec.params)
        architecture.restore(checkpoint.arrays, checkpoint.state, data)
        space = architecture.space()
    except SemascopeError as error:
        raise RunError(f"The newest checkpoint cannot be used: {error}") from None
    note = " ".join(filter(None, (wrong, *checkpoint.skipped)))
    facts = {key: checkpoint.facts[key] for key in ("block", "fraction") if key in checkpoint.facts}
    facts |= {"sha256": file_hash(checkpoint.path / "MANIFEST.json")} | ({"note": note} if note else {})
    return EmbeddingSpace(space.keys, space.vectors, space.counts, {**metadata, **facts}, space.encoder)
