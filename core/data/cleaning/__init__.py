"""One cleaning step per module."""

from core.data.cleaner import CLEANING_STEPS

__all__ = ["CLEANING_STEPS"]
