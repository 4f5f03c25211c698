"""What the architectures with negative sampling share: parameters, the block loop, held-out loss, presets, prices.

A training walks the corpus in blocks of a fixed number of tokens. Learning rate, random numbers and order are functions
of the number of the block alone, so a training may stop after any block and go on later as if nothing had happened;
Steps and checkpoints only group blocks.

Source: T. Mikolov, I. Sutskever, K. Chen, G. Corrado and J. Dean, "Distributed representations of words and phrases
and their compositionality", NeurIPS 2013.
"""
