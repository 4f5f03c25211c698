"""The planted world: plain sentences out of a small invented world, whose truth is known."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from core.files import atomic_write
from sample_corpora.planted.truth import PLANTED, Planted, cooccurrence, true_space, world
from sample_corpora.sample import SAMPLES, Sample

__all__ = ["PLANTED", "Planted", "PlantedWorld", "cooccurrence", "generate", "true_space"]

SEED = 1
SENTENCES = 20_000
STRENGTH = 0.8


@SAMPLES.register
class PlantedWorld(Sample):
    """One sentence a line."""

    name = "planted_world"
    title = "The planted world"
    summary = (
        "Sentences about kings and queens, capitals, fruit, weather and people at work, made on the spot by a "
        "generator whose truth is known: what a good embedding has to find."
    )
    look_for = "king − man + woman = queen, paris − france + italy = rome; apple stands between fruit and computers."
    domain = "invented, plain English"
    words = 180_000
    watched: ClassVar = ("king", "paris", "nurse", "guitar", "apple")

    @classmethod
    def write(cls, folder: Path) -> Path:
        """Write the world with a bias of 0.8 in its professions."""
        path = folder / "planted_world.txt"
        atomic_write(path, generate(SEED, SENTENCES, STRENGTH))
        return path


def generate(seed: int = SEED, sentences: int = SENTENCES, bias_strength: float = STRENGTH) -> str:
    """The text of a planted world, one sentence a line; same arguments, same text.

    Args:
        seed: where chance begins.
        sentences: how many; about nine words each.
        bias_strength: −1 to 1, how much technical professions are told of men and caring ones of women.
    """
    lines = world(bias_strength).sentences(sentences, np.random.default_rng(seed))
    return "".join(f"{line}\n" for line in lines)
