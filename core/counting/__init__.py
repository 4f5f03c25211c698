"""What the architectures that count have in common: pairs of neighbours, documents, topics, factors of a matrix.

They are trained in blocks too: a block of counting is some rows of the matrix, a block of factoring one pass over it.
Counts are not saved in a checkpoint: counting again gives the same ones, and takes no longer than reading them would.
"""
