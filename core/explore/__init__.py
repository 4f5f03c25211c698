"""Functions of a space: arithmetic, clusters, alignment, evidence, stability over seeds."""
