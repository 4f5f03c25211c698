"""One tokeniser per module."""

from core.data.tokenizer import TOKENIZERS

__all__ = ["TOKENIZERS"]
