"""One file format per module."""

from core.data.reader import READERS

__all__ = ["READERS"]
