"""The card of a corpus: where it came from, what was done to it, and the line that makes it again."""

import shlex
from pathlib import PurePath

import streamlit as st

from core.data.corpus import Corpus
from pages.ui.text import count, md, size
from sample_corpora import SAMPLES

__all__ = ["card", "command_of"]


def card(corpus: Corpus) -> None:
    """Source, recipe, counts and hash of a corpus."""
    meta = corpus.meta
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Source**", help="What was read; the hash is of its bytes.")
        st.markdown(
            f"{md(str(meta['source']), 120)} · {size(int(meta['bytes']))} · read {md(str(meta['created'])[:10])}"
        )
        st.code(f"sha256 {meta['sha256']}", language=None, wrap_lines=True)
        st.markdown("**Recipe**", help="With the same file it makes the same corpus, byte for byte.")
        st.code(command_of(corpus), language="bash", wrap_lines=True)
    with right:
        st.markdown("**What was done**", help="The settings of the reading, as they stand in the recipe.")
        st.json(meta["options"], expanded=True)
    _steps(corpus)
    files = meta["files"]
    st.markdown("**Files**", help="Each line knows its file and its place in it.")
    st.dataframe(
        [
            {
                "File": file["name"],
                "Read as": file.get("reader"),
                "Documents": file["lines"],
                "Bytes": file.get("bytes"),
            }
            for file in files[:1000]
        ],
        hide_index=True,
        alt="The files of this corpus",
        column_config={name: st.column_config.NumberColumn(format="localized") for name in ("Documents", "Bytes")},
    )
    if len(files) > 1000:
        st.caption(f"The first 1,000 of {count(len(files))} files.")


def _steps(corpus: Corpus) -> None:
    steps = corpus.card.steps
    if not steps:
        return
    st.markdown("**Steps**", help="What there was before and after each step, in the order in which they worked.")
    st.dataframe(
        [
            {
                "Step": step.step,
                "Works on": step.stage,
                "Before": step.before,
                "After": step.after,
                "Counted": step.unit,
                "Different words": step.types,
            }
            for step in steps
        ],
        hide_index=True,
        alt="What each step did",
        column_config={
            name: st.column_config.NumberColumn(format="localized") for name in ("Before", "After", "Different words")
        },
    )


def _source(corpus: Corpus) -> str:
    """The file as a command takes it: a sample by its name, and no name that looks like an option."""
    source = str(corpus.meta["source"])
    name = PurePath(source).stem
    if name in SAMPLES.names() and corpus.name.startswith(SAMPLES.get(name).title):
        return name
    return f"./{source}" if source.startswith("-") else source


def command_of(corpus: Corpus) -> str:
    """The command line that reads the same file in the same way."""
    options = corpus.meta["options"]
    parts = ["python -m core inspect", shlex.quote(_source(corpus))]
    parts += [shlex.quote(str(step)) for step in options.get("steps", [])]
    usual = {"tokenizer": "words", "format": "auto"}
    for key in ("column", "label_column", "sheet", "encoding", "format", "tokenizer"):
        if options.get(key) not in (None, usual.get(key)):
            value, name = shlex.quote(str(options[key])), f"--{key.replace('_', '-')}"
            # What begins with a hyphen would be taken for an option.
            parts += [f"{name}={value}"] if str(options[key]).startswith("-") else [name, value]
    if not options.get("header", True):
        parts.append("--no-header")
    if not options.get("lowercase", True):
        parts.append("--no-lowercase")
    return " ".join(parts)
