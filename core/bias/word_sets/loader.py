"""Finding and reading files of word sets."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import process

from core.bias.word_sets.sets import WordSetCollection, WordSets
from core.errors import InputError, UnknownNameError

__all__ = ["list_word_sets", "load", "load_json", "load_test"]

FOLDER = Path(__file__).parent
LIMIT = 5_000_000  # bytes


@cache
def list_word_sets() -> tuple[WordSetCollection, ...]:
    """The collections that Semascope brings along, by name."""
    return tuple(load_json(path) for path in sorted(FOLDER.glob("*.json")))


def load(name: str) -> WordSetCollection:
    """The collection called `name`.

    Raises:
        UnknownNameError: there is none; names the nearest.
    """
    known = {collection.name: collection for collection in list_word_sets()}
    if name not in known:
        near = process.extractOne(name, list(known))
        hint = f"did you mean {near[0]}?" if near else ""
        raise UnknownNameError(f"There are no word sets called “{name[:80]}”; {hint}")
    return known[name]


def load_test(key: str) -> WordSets:
    """The test that `collection/test` names.

    Raises:
        UnknownNameError: there is no such collection or test.
    """
    collection, _, test = key.partition("/")
    return load(collection).test(test)


def load_json(source: Path | bytes, owner: str = "") -> WordSetCollection:
    """Read a file of word sets (or the bytes of one): a collection, or one test alone.

    Args:
        source: path or content; UTF-8, with or without BOM.
        owner: how messages name it; the file's name, if nothing is given.

    Raises:
        InputError: not JSON, too large, or not word sets: what, where, what to do.
    """
    owner = owner or (source.name if isinstance(source, Path) else "This file")
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                data = file.read(LIMIT + 1)
        except OSError as error:
            raise InputError(f"{owner} cannot be read ({error.strerror}); check its name and place.") from None
    else:
        data = source
    if not data.strip():
        raise InputError(f"{owner} is empty; give targets and attributes as JSON.")
    if len(data) > LIMIT:
        raise InputError(f"{owner} is larger than {LIMIT // 1_000_000} MB; word sets are short lists.")
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=lambda pairs: _object(pairs, owner))
    except UnicodeDecodeError as error:
        raise InputError(f"{owner} is not text in UTF-8 (byte {error.start + 1:,}); save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{owner} is not JSON: {error.msg} in line {error.lineno}.") from None
    except (RecursionError, ValueError):
        raise InputError(f"{owner} is not JSON that can be used: it nests too deep or holds a huge number.") from None
    return WordSetCollection.from_dict(value, owner)


def _object(pairs: list[tuple[str, Any]], owner: str) -> dict[str, Any]:
    # JSON's reader would keep the last of two equal names without a word.
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError(f"{owner}: “{name[:80]}” stands twice in one object; rename one.")
        found[name] = value
    return found
