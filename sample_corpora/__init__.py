"""What a newcomer trains on first: small modules that make a corpus on the spot; no text is kept here.

To add one, put one file into this folder: a class with the attributes of `Sample`.
"""

from sample_corpora.sample import SAMPLES, Sample, sample_corpus

__all__ = ["SAMPLES", "Sample", "sample_corpus"]
