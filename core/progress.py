"""What a training says about itself while it runs."""

from dataclasses import dataclass

__all__ = ["Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One report of a training, some blocks after the last one.

    Steps only group blocks for reporting: how many there are never changes what is learned.

    Attributes:
        block: blocks of the corpus done since training began (also across a resume).
        fraction: share of all the work done, 0 to 1.
        loss: mean loss per example since the last Step, in the architecture's `loss_unit` (nats, for those that guess
            words); lower is better; nan if no example was counted.
        held_out_loss: mean loss per held-out example, in the same unit, where it was measured for this Step.
        examples: examples (for skip-gram: pairs of words) counted since training began.
        examples_per_second: since the last Step.
        words: words of the corpus passed over since training began, those dropped by subsampling included.
        words_per_second: since the last Step.
        learning_rate: at the end of the Step.
    """

    block: int
    fraction: float
    loss: float
    held_out_loss: float | None
    examples: int
    examples_per_second: float
    words: int
    words_per_second: float
    learning_rate: float
