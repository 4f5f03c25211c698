"""The planted world: its words, its sentences, and what is true in it."""
