"""The contract that every architecture keeps, and the registry that finds them.

To add one, put one file into `core/architectures/`: its citation, its `Params`, its class. Constructing never
trains; training is a generator, so that live loss, stopping and tests need no callbacks.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

from core.data.training_data import CorpusSize, TrainingData
from core.params import Params, describe
from core.progress import Step
from core.registry import Registry
from core.space import EmbeddingSpace
from core.tensors import Arrays, Rows

__all__ = ["ARCHITECTURES", "Architecture", "Context", "CorpusSize", "Estimate", "Preset"]

P = TypeVar("P", bound=Params)
Preset = Literal["quick", "balanced", "thorough"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a training may know of its surroundings.

    Attributes:
        seed: seeds every random number; same seed, same corpus, one thread: same bytes.
        threads: worker threads.
        step_seconds: about how often a Step is wanted. It groups blocks and changes nothing that is learned.
        held_out_seconds: about how often the held-out loss is wanted (always measured for the last Step).
        start: vectors to begin from, for architectures that take them; None begins as the architecture does.
    """

    seed: int = 1
    threads: int = 1
    step_seconds: float = 0.25
    held_out_seconds: float = 2.0
    start: EmbeddingSpace | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The price of a training, before it starts: seconds of training and bytes of memory at the peak."""

    seconds: float
    memory: int


class Architecture(ABC, Generic[P]):
    """A way to learn an `EmbeddingSpace` from data.

    Class attributes:
        name: the name on the command line and in records; also the name of the file.
        title: the name as people write it.
        summary: three sentences: what it optimises, when to use it, what it costs.
        citation: author, year, title, where.
        Params: the hyperparameters, declared once.
        input_type: what it trains on (“corpus”).
        comparable: parameters that must agree before two loss curves mean the same; see `loss_of`.
        loss_unit: what a Step's loss is, for axes and tables; empty where there is nothing to lose.
        measures_held_out: whether Steps tell a loss on what is held out; nothing held out is trained on in any case.
        seeded: whether the seed changes what is learned; where not, several seeds say nothing.
        learns: whether vectors depend on which words stand together; not so for the floors beneath every score.
        steady: whether the fraction done grows evenly with time from the first Step on, so that the first seconds of a
            training tell how long all of it takes.
        threaded: whether more threads than one can make it any faster.
        takes_vectors: whether it can begin from vectors that were learned before; see `Context.start`.

    Attributes:
        ended_early: why training ended before all its work was done, as a sentence; empty where it did not.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    Params: ClassVar[type[Params]]
    input_type: ClassVar[str] = "corpus"
    comparable: ClassVar[tuple[str, ...]] = ()
    loss_unit: ClassVar[str] = "nats per example"
    measures_held_out: ClassVar[bool] = True
    seeded: ClassVar[bool] = True
    learns: ClassVar[bool] = True
    steady: ClassVar[bool] = True
    threaded: ClassVar[bool] = True
    takes_vectors: ClassVar[bool] = False

    def __init__(self, params: P) -> None:
        self.params = params
        self.ended_early = ""

    @abstractmethod
    def train(self, data: TrainingData, context: Context) -> Iterator[Step]:
        """Train to the end, yielding a Step now and then; go on from where `restore` left off.

        Raises:
            DivergedError: the loss or a vector left all bounds.
        """

    @abstractmethod
    def space(self) -> EmbeddingSpace:
        """The vectors as they are now; valid after the first Step.

        They may be a view of what training goes on with: use them before the next Step, or copy them.
        """

    @abstractmethod
    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that `restore` needs: arrays without padding, and JSON.

        The arrays may be views, of any layout, of what training goes on with: save them before the next Step.
        """

    @abstractmethod
    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped.

        Args:
            arrays: what `state` gave, copied; or on the disk, to be read some rows at a time.
            state: likewise, its JSON.
            data: what is trained on.
        """

    @classmethod
    @abstractmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size; what is not named keeps its default."""

    @classmethod
    @abstractmethod
    def estimate(cls, params: P, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""

    @classmethod
    def loss_of(cls, params: P) -> str:
        """What the loss of a Step is, in words; curves of equal text mean the same. Empty where there is none."""
        if not cls.loss_unit:
            return ""
        given = ", ".join(f"{name} {value}" for name, value in cls._comparing(params))
        return f"{cls.title}, {cls.loss_unit}" + (f" ({given})" if given else "")

    @classmethod
    def _comparing(cls, params: P) -> Iterator[tuple[str, Any]]:
        """What must agree of what applies: of rarely used settings only those that are not as usual."""
        values, infos = params.model_dump(), {info.name: info for info in describe(cls.Params)}
        for name in cls.comparable:
            info, value = infos[name], values[name]
            if info.applies(values) and (not info.advanced or value != info.default):
                yield name, value

    @classmethod
    def refuses(cls, size: CorpusSize) -> str | None:
        """Why it cannot learn from a corpus of this size, as a sentence that says what to do; None where it can."""
        return None

    @classmethod
    def warm(cls, params: P) -> None:
        """Compile what training with these parameters needs, so that Start does not wait for it."""

    @classmethod
    def kernels(cls, params: P) -> dict[str, float]:
        """By a name each, what of it takes a while to compile, with the seconds, once on a machine.

        What has the same name is the same code: all that it depends on is in the name.
        """
        return {}

    @classmethod
    def useful_threads(cls, threads: int, vocabulary: int) -> int:
        """How many threads it makes use of, of those that there are."""
        return max(1, threads) if cls.threaded else 1


ARCHITECTURES: Registry[type[Architecture[Any]]] = Registry("architecture", "core.architectures")
