"""The documentation of the scientific Python packages beside the app, read from their docstrings.

The sources are parsed with `ast`; nothing is imported or run. Which packages there are and in which versions decides
what the corpus says, so its bytes differ from one installation to the next.
"""

import ast
import importlib.util
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from core.files import atomic_write
from sample_corpora.sample import SAMPLES, Sample

__all__ = ["PythonDocs"]

PACKAGES = ("numpy", "scipy", "pandas", "sklearn", "torch", "streamlit", "umap", "pydantic", "PIL", "openTSNE")
MOST_WORDS = 1_000_000
# Parsing takes a second for four megabytes; a bound on bytes, unlike one on time, gives the same corpus every time.
MOST_SOURCE = 14_000_000
WORD = re.compile(r"\w+")
DOCTEST = re.compile(r"^\s*(>>>|\.\.\. |\.\. )")


@SAMPLES.register
class PythonDocs(Sample):
    """One paragraph a row, labelled by its package."""

    name = "python_docs"
    title = "Python documentation"
    summary = (
        "The docstrings of the scientific packages installed beside the app (numpy, scipy, pandas, scikit-learn, "
        "torch …), duplicates removed, cut at a million words and labelled by package."
    )
    look_for = "matrix, array and dataframe come together; so do mean and median, sin and cos, linux and windows."
    domain = "data science"
    words = 400_000
    options: ClassVar = {"column": "text", "label_column": "package"}
    watched = ("array", "mean", "kernel")

    @classmethod
    def write(cls, folder: Path) -> Path:
        """Write rows of text and package, the packages taking turns, until a million words are up, or the sources."""
        path = folder / "python_docs.jsonl"
        sources = [paragraphs(package) for package in PACKAGES]
        count = read = 0
        rows: dict[str, str] = {}
        while sources and count < MOST_WORDS and read < MOST_SOURCE:
            for source in list(sources):
                found = next(source, None)
                if found is None:
                    sources.remove(source)
                    continue
                package, texts, size = found
                read += size
                for text in texts:
                    if text not in rows:
                        rows[text] = package
                        count += len(WORD.findall(text))
        lines = (json.dumps({"text": text, "package": package}, ensure_ascii=False) for text, package in rows.items())
        atomic_write(path, "".join(f"{line}\n" for line in lines))
        return path


def paragraphs(package: str) -> Iterator[tuple[str, list[str], int]]:
    """Package, paragraphs and bytes of one source file after the other; nothing if the package is not installed."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return
    if spec is None or not spec.submodule_search_locations:
        return
    root = Path(next(iter(spec.submodule_search_locations)))
    for path in sorted(root.rglob("*.py")):
        if "tests" in path.parts or "testing" in path.parts:
            continue
        texts = [text for docstring in _docstrings(path) for text in _paragraphs(docstring)]
        if texts:
            yield package, texts, path.stat().st_size


def _docstrings(path: Path) -> Iterator[str]:
    try:
        source = path.read_text(encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(source)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                yield docstring


def _paragraphs(docstring: str) -> Iterator[str]:
    for block in docstring.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if not DOCTEST.match(line)]
        text = " ".join(line for line in lines if line.strip("-=~^* "))
        if len(WORD.findall(text)) >= 4:
            yield text
