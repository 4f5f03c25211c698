"""JSON: one object a line (JSON lines), or one array of objects."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.data.reader import READERS, Batch, Columns, Reader, find_column, guess_column, one_line
from core.data.source import Source, lines_of
from core.errors import CorpusError

__all__ = ["Jsonl"]

BATCH = 1 << 20
LOOKED_AT = 200
ARRAY = re.compile(r'\s*\[\s*(?:[{"]|\Z)')
OBJECT = re.compile(r'\s*\{\s*(?:"|\Z)')
TEXT_KEY = re.compile(r'[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*"')
ENDINGS = (".jsonl", ".ndjson", ".json")
NOTHING = object()
BLANK = " \t\n\r"


@READERS.register
class Jsonl(Reader):
    """JSON lines or a JSON array; a field of each object holds the text, or each entry is a text itself."""

    name = "jsonl"
    title = "JSON lines, JSON"
    summary = "Each line (or entry of an array) is a document; lines that are not JSON are passed over and counted."

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain where the first line is a JSON object; likely by the ending."""
        first, end, _ = source.head.lstrip(BLANK + "\ufeff").partition("\n")
        value = _value(first) if end or source.whole else NOTHING
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict | str)):
            return 0.95
        if value is NOTHING and (ARRAY.match(source.head) or (OBJECT.match(source.head) and not end)):
            return 0.95
        return 0.8 if source.ending in ENDINGS else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The fields of the first entries, the text field, and the first rows."""
        entries = _sample(source)
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
        sample = _sample(source)
        field = _text_field(source, sample)
        label = options.label_column
        if label is not None:
            names = list(_fields(sample))
            label = names[find_column(names, label, "field")]
        if options.column is None and field is not None and len(_fields(sample)) > 1:
            notes.say(f"Field “{field[:80]}” of {source.name} was taken for the text; name another if it is not.")
        texts: list[str] = []
        labels: list[str] = []
        size = valid = number = 0
        for number, entries in _entries(source):
            valid += entries[0] is not NOTHING
            text = " ".join(filter(None, (_text(entry, field, number, source) for entry in entries)))
            texts.append(one_line(text))
            if label is not None:
                labels.append(_shown(entries[0].get(label)).strip() if isinstance(entries[0], dict) else "")
            size += len(text) + 1
            if size > BATCH:
                yield Batch("\n".join(texts) + "\n", labels if label is not None else None)
                texts, labels, size = [], [], 0
        if not valid:
            raise CorpusError(f"No line of {source.name} is valid JSON ({number:,} lines read); is it another format?")
        if texts:
            yield Batch("\n".join(texts) + "\n", labels if label is not None else None)


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


def _entries(source: Source) -> Iterator[tuple[int, list[Any]]]:
    """Line (or place in the array, from 1) and its values, one as a rule; `NOTHING` stands for what is not JSON."""
    if _is_array(source):
        yield from ((number, [entry]) for number, entry in enumerate(_array(source), 1))
        return
    for number, line in enumerate(lines_of(source.pieces()), 1):
        stripped = line.strip(BLANK + "\ufeff")
        # A blank line is a document without text: line numbers stay those of the file.
        entries = [_value(stripped) if stripped else ""]
        if entries[0] is NOTHING and "}{" in stripped.replace(" ", ""):
            entries = _several(stripped)
            if entries[0] is not NOTHING:
                source.notes.count("with several objects, joined into one document", number)
        yield number, entries


def _several(line: str) -> list[Any]:
    """All values of a line that holds some, one behind the other."""
    decoder, values, position = json.JSONDecoder(), [], 0
    while position < len(line):
        try:
            value, position = decoder.raw_decode(line, position)
        except (ValueError, RecursionError):
            return [NOTHING]
        values.append(value)
        while position < len(line) and line[position] in BLANK:
            position += 1
    return values


def _is_array(source: Source) -> bool:
    if not ARRAY.match(source.head):
        return False
    first, end, rest = source.head.strip(BLANK + "\ufeff").partition("\n")
    # Lines that each hold an array are JSON lines; a single one is the array.
    return not (end and rest.strip() and _value(first) is not NOTHING)


def _array(source: Source) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    buffer, position, begun, count = "", 0, False, 0
    pieces = source.pieces()
    wanted = 1
    while True:
        ended = False
        while len(buffer) - position < wanted:
            piece = next(pieces, None)
            if piece is None:
                ended = True
                break
            buffer, position = buffer[position:] + piece, 0
        while position < len(buffer) and buffer[position] in (BLANK + "\ufeff" if count == 0 else BLANK + ","):
            position += 1
        if not begun and position < len(buffer):
            begun, position = True, position + 1
            continue
        if position < len(buffer) and buffer[position] == "]":
            return
        try:
            value, end = decoder.raw_decode(buffer, position)
        except (ValueError, RecursionError):
            if not ended:
                # Cut off by the end of the piece, most likely: go on with twice as much.
                wanted = 2 * (len(buffer) - position) + 1
                continue
            raise CorpusError(
                f"The JSON array in {source.name} breaks off or is damaged after {count:,} entries."
            ) from None
        position, wanted, count = end, 1, count + 1
        yield value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOTHING


def _sample(source: Source) -> list[Any]:
    """The first entries, as far as the first bytes hold them."""
    if _is_array(source):
        entries: list[Any] = []
        decoder, position = json.JSONDecoder(), source.head.find("[") + 1
        while len(entries) < LOOKED_AT:
            while position < len(source.head) and source.head[position] in BLANK + ",":
                position += 1
            try:
                value, position = decoder.raw_decode(source.head, position)
            except (ValueError, RecursionError):
                break
            entries.append(value)
        return entries
    values = (_value(line) for line in source.head.split("\n", LOOKED_AT)[:LOOKED_AT])
    return [value for value in values if value is not NOTHING]


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


def _shown(value: Any) -> str:
    """A value as a cell of a table: text as it stands, the rest as JSON, nothing as nothing."""
    if value is None:
        return ""
    return one_line(value) if isinstance(value, str) else one_line(json.dumps(value, ensure_ascii=False))[:1000]
