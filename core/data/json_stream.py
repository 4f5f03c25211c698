"""JSON as documents: one value a line, one array, or one object that holds an array of objects, read as a stream."""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from core.data.source import Source, lines_of
from core.errors import CorpusError

__all__ = ["NOTHING", "Shape", "entries_of", "sample_of", "shape_of"]

Shape = Literal["lines", "array", "object"]
ARRAY = re.compile(r'\s*\[\s*(?:[{"]|\Z)')
OBJECT = re.compile(r'\s*\{\s*(?:"|\Z)')
OF_OBJECTS = re.compile(r"\[\s*\{")
#: Stands for what is not JSON.
NOTHING = object()
BLANK = " \t\n\r\ufeff"
LOOKED_AT = 200
DECODER = json.JSONDecoder()


def shape_of(source: Source) -> Shape:
    """How a file holds its entries, from its beginning."""
    first, end, rest = source.head.strip(BLANK).partition("\n")
    if ARRAY.match(source.head):
        # Lines that each hold an array are JSON lines; a single one is the array.
        return "lines" if end and rest.strip() and value_of(first) is not NOTHING else "array"
    if not OBJECT.match(source.head):
        return "lines"
    if rest.strip():
        # Written over several lines: the second one goes on with a key.
        return "object" if value_of(first) is NOTHING and (first.strip() == "{" or rest.lstrip()[0] == '"') else "lines"
    return "object" if _held(source)[1] is not None else "lines"


def sample_of(source: Source) -> list[Any]:
    """The first entries, as far as the first bytes hold them."""
    shape = shape_of(source)
    if shape == "lines":
        values = (value_of(line) for line in source.head.split("\n", LOOKED_AT)[:LOOKED_AT])
        return [value for value in values if value is not NOTHING]
    position = source.head.find("[") + 1
    if shape == "object":
        single, key = _held(source)
        if key is None:
            return [single]
        position = _places(source.head)[key] + 1
    entries: list[Any] = []
    while len(entries) < LOOKED_AT:
        while position < len(source.head) and source.head[position] in BLANK + ",":
            position += 1
        try:
            value, position = DECODER.raw_decode(source.head, position)
        except (ValueError, RecursionError):
            break
        entries.append(value)
    return entries


def entries_of(source: Source) -> Iterator[tuple[int, list[Any]]]:
    """Line (or place in the array, from 1) and its values, one as a rule; `NOTHING` stands for what is not JSON."""
    shape = shape_of(source)
    if shape == "lines":
        yield from _lines(source)
        return
    stream = _Stream(source.pieces(), source.name)
    if shape == "array":
        stream.skip()
        entries = stream.array()
    else:
        _, key = _held(source)
        if key is None:
            entries = iter([stream.value()])
        else:
            source.notes.say(f"The entries of “{key[:80]}” in {source.name} were read, and nothing beside them.")
            entries = stream.array_under(key)
    yield from ((number, [entry]) for number, entry in enumerate(entries, 1))


def value_of(text: str) -> Any:
    """A JSON value, or `NOTHING`."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOTHING


def _lines(source: Source) -> Iterator[tuple[int, list[Any]]]:
    for number, line in enumerate(lines_of(source.pieces()), 1):
        stripped = line.strip(BLANK)
        # A blank line is a document without text: line numbers stay those of the file.
        entries = [value_of(stripped) if stripped else ""]
        if entries[0] is NOTHING and "}{" in stripped.replace(" ", ""):
            entries = _several(stripped)
            if entries[0] is not NOTHING:
                source.notes.count("with several objects, joined into one document", number)
        yield number, entries


def _several(line: str) -> list[Any]:
    """All values of a line that holds some, one behind the other."""
    values, position = [], 0
    while position < len(line):
        try:
            value, position = DECODER.raw_decode(line, position)
        except (ValueError, RecursionError):
            return [NOTHING]
        values.append(value)
        while position < len(line) and line[position] in BLANK:
            position += 1
    return values


def _places(head: str) -> dict[str, int]:
    """Where the value of each key of an object begins, as far as the text goes; the last value may be cut off."""
    places: dict[str, int] = {}
    position = head.find("{") + 1
    while True:
        position = _past(head, position, BLANK + ",")
        try:
            key, position = DECODER.raw_decode(head, position)
        except (ValueError, RecursionError):
            return places
        position = _past(head, position, BLANK)
        if not isinstance(key, str) or head[position : position + 1] != ":":
            return places
        places[key] = position = _past(head, position + 1, BLANK)
        try:
            _, position = DECODER.raw_decode(head, position)
        except (ValueError, RecursionError):
            return places


def _held(source: Source) -> tuple[dict[str, Any], str | None]:
    """What an object holds, and under which key its entries are, or None if it is an entry itself.

    A list of objects is what it is about, unless a text in the object is longer, or is the one asked for.
    """
    head = source.head
    places = _places(head)
    values: dict[str, Any] = {}
    key, longest, text = None, 0, 0
    for name, place in places.items():
        try:
            values[name], end = DECODER.raw_decode(head, place)
        except (ValueError, RecursionError):
            end = len(head)
        if OF_OBJECTS.match(head, place) and end - place > longest:
            key, longest = name, end - place
        elif head[place : place + 1] == '"':
            text = max(text, end - place if name != source.options.column else len(head))
    return values, key if longest > text else None


def _past(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position


class _Stream:
    """Values one after the other, from pieces of text that are cut anywhere."""

    def __init__(self, pieces: Iterator[str], name: str) -> None:
        self._pieces, self._name = pieces, name
        self._buffer, self._position = "", 0

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            self._position = _past(self._buffer, self._position, BLANK)
            if self._position < len(self._buffer):
                return self._buffer[self._position]
            if not self._draw(1):
                return ""

    def skip(self) -> None:
        """Pass the next character that is not blank."""
        self.peek()
        self._position += 1

    def value(self) -> Any:
        """The next value, or `NOTHING` where it is broken or breaks off."""
        self.peek()
        wanted = 1
        while True:
            more = self._draw(wanted)
            try:
                value, end = DECODER.raw_decode(self._buffer, self._position)
            except (ValueError, RecursionError):
                if not more:
                    return NOTHING
                # Cut off by the end of the piece, most likely: go on with twice as much.
                wanted = 2 * (len(self._buffer) - self._position) + 1
                continue
            # A number may go on in the next piece.
            if end == len(self._buffer) and more:
                wanted = len(self._buffer) - self._position + 1
                continue
            self._position = end
            return value

    def array(self) -> Iterator[Any]:
        """The entries of an array whose bracket was passed.

        Raises:
            CorpusError: it breaks off.
        """
        count = 0
        while True:
            while self.peek() == ",":
                self.skip()
            if self.peek() == "]":
                return
            value = self.value()
            if value is NOTHING:
                raise CorpusError(f"The JSON array in {self._name} breaks off or is damaged after {count:,} entries.")
            count += 1
            yield value

    def array_under(self, wanted: str) -> Iterator[Any]:
        """The entries of the array that an object holds under a key.

        Raises:
            CorpusError: the object is damaged, or not all that there is.
        """
        self.skip()
        key = ""
        while self.peek() == '"':
            key = str(self.value())
            if self.peek() != ":":
                break
            self.skip()
            if key == wanted and self.peek() == "[":
                self.skip()
                yield from self.array()
                self.skip()
            elif self.value() is NOTHING:
                break
            if self.peek() == ",":
                self.skip()
        if self.peek() != "}":
            raise CorpusError(f"The JSON object in {self._name} breaks off or is damaged at its “{key[:80]}”.")
        self.skip()
        if self.peek():
            raise CorpusError(f"{self._name} goes on after its JSON object; write one object a line.")

    def _draw(self, wanted: int) -> bool:
        """Have so many characters from here on, if there are; returns whether there may be more."""
        held = [self._buffer[self._position :]]
        length = len(held[0])
        while length < wanted:
            piece = next(self._pieces, None)
            if piece is None:
                break
            held.append(piece)
            length += len(piece)
        if len(held) > 1:
            self._buffer, self._position = "".join(held), 0
        return length >= wanted
