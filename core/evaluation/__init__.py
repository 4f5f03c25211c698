"""The evaluation bench: scores of a space, each with its error, its direction and what it was computed on.

benchmark      the contract, what it returns, and the registry
material       what a score may be computed from besides the vectors: held-out lines, labelled documents
benchmarks     one file each
"""
