"""Word sets: what a bias metric compares, with source and citation; read from JSON, edited on the page.

A file holds one collection of tests::

    {"name": "caliskan2017", "title": "…", "source": "…", "citation": "…", "licence": "…",
     "tests": [{"name": "flowers_insects", "title": "…",
                "targets": {"Flowers": ["aster", …], "Insects": ["ant", …]},
                "attributes": {"Pleasant": ["caress", …], "Unpleasant": ["abuse", …]}}]}

Just one test may stand alone, and the short form `{"target1": […], "target2": […], "attribute1": […], "attribute2":
[…]}` is taken too. Files beside this module are the ones that Semascope brings along.
"""

from core.bias.word_sets.loader import list_word_sets, load, load_json, load_test
from core.bias.word_sets.sets import WordSetCollection, WordSets

__all__ = ["WordSetCollection", "WordSets", "list_word_sets", "load", "load_json", "load_test"]
