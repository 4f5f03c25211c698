"""Fields for words of a vocabulary: they answer as you type, and help with a word that is not in it."""

import re
from collections.abc import Callable, Sequence
from itertools import islice

import streamlit as st

from core.space import EmbeddingSpace
from pages.ui.text import md

__all__ = ["complete", "split_words", "suggest_words", "word_field", "words_field"]

SHOWN = 8
LONGEST = 400


def split_words(space: EmbeddingSpace, text: str) -> tuple[list[str], list[str]]:
    """Read a field that may hold several words: those of the vocabulary, and those missing.

    Commas, semicolons and blanks part words, unless the whole text is one key of the vocabulary.
    """
    text = text[:LONGEST].strip()
    whole = space.resolve(text)
    return ([whole], []) if whole is not None else space.split([part for part in re.split(r"[,;\s]+", text) if part])


def complete(space: EmbeddingSpace, start: str, count: int = SHOWN) -> list[str]:
    """The most frequent words that begin with `start`."""
    start = start.strip().lower()
    return list(islice((key for key in space.keys if key.lower().startswith(start)), count)) if start else []


def word_field(
    space: EmbeddingSpace, key: str, label: str, *, value: str = "", hint: str = "", placeholder: str = ""
) -> str | None:
    """A field for one word; returns the word as the vocabulary writes it, or None.

    Args:
        space: whose vocabulary.
        key: of the field; its text stands in the session under this key.
        label: what stands above it.
        value: the text it starts with.
        hint: one line of help.
        placeholder: shown while it is empty.
    """
    st.session_state.setdefault(key, value)
    text = _field(key, label, hint, placeholder)
    word = space.resolve(text)
    if text.strip() and word is None:
        suggest_words(space, text, key, lambda chosen: chosen)
    return word


def words_field(
    space: EmbeddingSpace, key: str, label: str, *, hint: str = "", placeholder: str = ""
) -> tuple[list[str], list[str]]:
    """A field for one word or several; returns those of the vocabulary and those missing."""
    text = _field(key, label, hint, placeholder)
    present, missing = split_words(space, text)
    if missing:
        last = missing[-1]

        def replaced(chosen: str) -> str:
            parts = [part for part in re.split(r"[,;\s]+", text[:LONGEST]) if part]
            return ", ".join(chosen if part == last else part for part in parts)

        suggest_words(space, last, key, replaced)
    return present, missing


def suggest_words(space: EmbeddingSpace, word: str, key: str, replaced: Callable[[str], str]) -> None:
    """Say that a word is unknown and offer its completions, else the nearest spellings, as pills.

    Args:
        space: whose vocabulary.
        word: the unknown word.
        key: of the field that a click fills.
        replaced: makes the field's new text from the word that was clicked.
    """
    word = word.strip()
    begun = complete(space, word)
    found = begun or space.suggest(word)
    if begun:
        sentence = f"Words that begin with “{md(word)}”:"
    elif found:
        sentence = f"“{md(word)}” is not in the vocabulary; nearest spellings:"
    else:
        sentence = f"“{md(word)}” is not in the vocabulary, and nothing is spelled like it; try another word."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(sentence, width="content")
        if found:
            _pills(found, key, replaced)


def _pills(words: Sequence[str], key: str, replaced: Callable[[str], str]) -> None:
    def chosen() -> None:
        if st.session_state[f"{key}_near"]:
            st.session_state[key] = replaced(st.session_state[f"{key}_near"])
            st.session_state[f"{key}_near"] = None

    st.pills("Suggestions", words, key=f"{key}_near", format_func=md, on_change=chosen, label_visibility="collapsed")


def _field(key: str, label: str, hint: str, placeholder: str) -> str:
    text = st.text_input(label, key=key, help=hint or None, placeholder=placeholder, live=True, autocomplete="off")
    return (text or "")[:LONGEST]
