"""The error tree. Every message is one sentence for the person at the screen: what, where, what to do.

SemascopeError
├── InputError              a file or a text that cannot be used
│   ├── CorpusError         … as a corpus
│   └── FormatError         … as vectors or as an exported run
├── SettingsError           a parameter outside its rule
├── UnknownNameError        no architecture, metric, format, sample … of that name
├── UnknownWordError        a word outside the vocabulary (with the nearest spellings)
├── StoreError              the store's folder: disk full, read-only, locked, of another version
│   └── RunError            a run that is unknown, damaged, or not in a state for what was asked
└── TrainingError           training ended badly
    └── DivergedError       the loss or a vector left all bounds (with step and advice)
"""

from collections.abc import Sequence

__all__ = [
    "CorpusError",
    "DivergedError",
    "FormatError",
    "InputError",
    "RunError",
    "SemascopeError",
    "SettingsError",
    "StoreError",
    "TrainingError",
    "UnknownNameError",
    "UnknownWordError",
]


class SemascopeError(Exception):
    """Base of all errors whose message may be shown to the user as it stands."""


class InputError(SemascopeError):
    """A file or text from outside cannot be used."""


class CorpusError(InputError):
    """A file cannot be read as a corpus, or the corpus is too small for what was asked."""


class FormatError(InputError):
    """A file cannot be read or written as vectors or as a run."""


class SettingsError(SemascopeError):
    """A parameter breaks its rule: which one, the rule, the value, what to try."""


class UnknownNameError(SemascopeError):
    """Nothing is registered under a name."""


class UnknownWordError(SemascopeError):
    """Words are outside the vocabulary.

    Attributes:
        words: the missing words, as typed.
        suggestions: the nearest spellings of the first of them, best first.
    """

    def __init__(self, words: Sequence[str], suggestions: Sequence[str] = ()) -> None:
        self.words = tuple(words)
        self.suggestions = tuple(suggestions)
        if len(self.words) == 1:
            what = f"“{self.words[0]}” is not in the vocabulary"
        else:
            what = f"{', '.join(f'“{word}”' for word in self.words)} are not in the vocabulary"
        hint = f"nearest spellings: {', '.join(self.suggestions)}" if self.suggestions else "try another word"
        super().__init__(f"{what}; {hint}.")


class StoreError(SemascopeError):
    """The folder that holds corpora and runs cannot be used."""


class RunError(StoreError):
    """A run is unknown, damaged, or not in a state for what was asked."""


class TrainingError(SemascopeError):
    """Training ended badly."""


class DivergedError(TrainingError):
    """Loss or vectors left all bounds; the message names the step and suggests a value."""
