"""JSON: one object a line (JSON lines), one array of objects, or one object that holds such an array."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.data.json_stream import NOTHING, entries_of, sample_of, shape_of
from core.data.reader import READERS, Batch, Columns, Reader, find_column, guess_column, one_line
from core.data.rows import LONGEST_KEPT, Rows
from core.data.source import Source
from core.errors import CorpusError

__all__ = ["Jsonl"]

LONG_LINE = re.compile(r'\s*\{\s*(?:"|\Z)[^\n]*\Z')
TEXT_KEY = re.compile(r'[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*"')
LONGEST_NAME = 200


@READERS.register
class Jsonl(Reader):
    """JSON lines, or one JSON value with many objects; a field holds the text, or each entry is a text itself."""

    name = "jsonl"
    title = "JSON lines, JSON"
    summary = "Each line (or entry of an array) is a document; lines that are not JSON are passed over and counted."
    has_columns = True
    endings = (".jsonl", ".ndjson", ".json")

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain where the file begins with a JSON object or an array of objects or texts; likely by the ending."""
        sample = sample_of(source)
        if shape_of(source) == "array" or LONG_LINE.match(source.head):
            return 0.95
        first = source.head.lstrip()[:1]
        if sample and first in ("{", "[") and (isinstance(sample[0], dict) or _holds_entries(sample[0])):
            return 0.95
        return 0.8 if source.ending in cls.endings else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The fields of the first entries, the text field, and the first rows."""
        entries = sample_of(source)
        names = tuple(_fields(entries))
        if not names:
            texts = [entry for entry in entries if isinstance(entry, str)]
            return Columns((), None, tuple((one_line(text),) for text in texts[:rows]))
        field = _text_field(source, entries)
        objects = [entry for entry in entries if isinstance(entry, dict)]
        shown = tuple(tuple(_shown(entry.get(name)) for name in names) for entry in objects[:rows])
        return Columns(names, field, shown)

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """The text of all entries; an empty line for each that is passed over."""
        options, notes = source.options, source.notes
        sample = sample_of(source)
        field = _text_field(source, sample)
        label = options.label_column
        if label is not None:
            names = list(_fields(sample))
            label = names[find_column(names, label, "field")]
        if options.column is None and field is not None and len(_fields(sample)) > 1:
            notes.say(f"Field “{field[:80]}” of {source.name} was taken for the text; name another if it is not.")
        rows = Rows(source, labelled=label is not None)
        valid = number = 0
        for number, entries in entries_of(source):
            valid += entries[0] is not NOTHING
            text = " ".join(filter(None, (_text(entry, field, number, source) for entry in entries)))
            entry = entries[0] if isinstance(entries[0], dict) else {}
            rows.add(text, _shown(entry.get(label)), _others(entry, rows, (field, label)))
            if rows.full:
                yield rows.batch()
        if not valid:
            raise CorpusError(f"No line of {source.name} is valid JSON ({number:,} lines read); is it another format?")
        if rows:
            yield rows.batch()


def _holds_entries(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict | str)


def _others(entry: Mapping[str, Any], rows: Rows, but: tuple[str | None, ...]) -> list[str]:
    """The fields beside text and label, each in the place that its name has."""
    cells: list[str] = []
    for name, value in entry.items():
        place = None if name in but else rows.know(one_line(name[:LONGEST_NAME]))
        if place is not None:
            cells.extend([""] * (place + 1 - len(cells)))
            cells[place] = _cell(value)
    return cells


def _text(entry: Any, field: str | None, number: int, source: Source) -> str:
    value = entry.get(field, NOTHING) if isinstance(entry, dict) and field is not None else entry
    if value == "":
        return ""
    if entry is NOTHING:
        source.notes.skip("not valid JSON", number)
    elif isinstance(value, str) and isinstance(entry, dict) == (field is not None):
        return value
    elif isinstance(value, list) and field is not None and all(isinstance(part, str) for part in value):
        return " ".join(value)
    elif isinstance(entry, dict):
        source.notes.skip(f"no text in the field “{(field or '')[:40]}”", number)
    else:
        source.notes.skip("neither an object nor a text of its own", number)
    return ""


def _fields(entries: list[Any]) -> dict[str, None]:
    return {name: None for entry in entries if isinstance(entry, dict) for name in entry}


def _text_field(source: Source, entries: list[Any]) -> str | None:
    """The field to read; None where entries are texts themselves."""
    names = list(_fields(entries))
    wanted = source.options.column
    if wanted is not None:
        # The first entry may be longer than what was looked at: then the name has to be believed.
        return names[find_column(names, wanted, "field")] if names else wanted
    if not names:
        # An entry longer than what was looked at: the value that goes on to its end is a long text.
        keys = TEXT_KEY.findall(source.head) if not entries and not source.whole else []
        return str(json.loads(f'"{keys[-1]}"', strict=False)) if keys and "{" in source.head[:100] else None
    objects = [entry for entry in entries if isinstance(entry, Mapping)]
    rows = [[_guessable(entry.get(name)) for name in names] for entry in objects]
    return names[guess_column(names, rows, source.name, "field")]


def _guessable(value: Any) -> str:
    """What a value has of text: a field of numbers or of objects is not what anybody wants to read."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " ".join(value)
    return value if isinstance(value, str) else ""


def _cell(value: Any) -> str:
    """A value as a cell of a table: text as it stands, the rest as JSON, nothing as nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    return one_line(value if isinstance(value, str) else _cell(value)[:LONGEST_KEPT])
