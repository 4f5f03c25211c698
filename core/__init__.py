"""Semascope's core: everything the app can do, importable and testable without a browser.

Text becomes a corpus, an architecture trains on it in a process of its own, and what it learned is an
`EmbeddingSpace` that every map, metric and format reads without asking who made it. Imports point one way,
from left to right; boxes in braces do not see each other (kept by the contracts in pyproject.toml):

    pages, core.__main__ -> pages.ui (pages only) -> core.figures -> sample_corpora -> core.runs
        -> {architectures | projection | explore | bias | evaluation | formats}
        -> {counting | minibatches} -> negative_sampling -> architecture -> {data | networks}
        -> {kernels | neighbours | ngrams} -> {registry | params | progress | space} -> errors
"""

__version__ = "0.1.0"
