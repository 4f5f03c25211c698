"""The commands, a module for each family: `add` declares them, a function each carries them out."""
