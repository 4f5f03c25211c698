"""Rows of a table on their way into batches: text, label, and the other columns, which are kept beside the text."""

from collections.abc import Sequence

from core.data.reader import Batch, one_line
from core.data.source import Source
from core.data.unpacking import MOST_UNPACKED, Budget

__all__ = ["LONGEST_KEPT", "MOST_KEPT", "Rows", "column_names"]

#: Other columns that are kept, and characters of each of their cells.
MOST_KEPT = 200
LONGEST_KEPT = 1_000
BATCH = 1 << 20
#: Characters for each byte of a file that names texts it holds once in many rows, beyond what is free.
MOST_PACKED = 20


class Rows:
    """Gathers rows until they make a batch.

    Args:
        source: the file; messages go to its notes.
        columns: names of the other columns; `know` adds to them.
        labelled: whether each row has a label.
        packed: whether the format can name one long text in many rows, so that what comes out has to be counted.
    """

    def __init__(
        self, source: Source, columns: Sequence[str] = (), labelled: bool = False, packed: bool = False
    ) -> None:
        self._source = source
        self._columns: dict[str, int] = {}
        self._labelled = labelled
        self._texts: list[str] = []
        self._labels: list[str] = []
        self._others: list[Sequence[str]] = []
        self._size = 0
        self._budget = Budget(source.name, MOST_UNPACKED + MOST_PACKED * source.size) if packed else None
        for name in columns:
            self.know(name)

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def full(self) -> bool:
        """Whether it is time to take a batch."""
        return self._size > BATCH

    def know(self, name: str) -> int | None:
        """The place of a column's cell in a row, or None where there are too many columns to keep this one."""
        place = self._columns.get(name)
        if place is None and len(self._columns) < MOST_KEPT:
            place = self._columns[name] = len(self._columns)
        elif place is None:
            self._source.notes.say(
                f"{self._source.name} has more than {MOST_KEPT} columns beside the text; only the first are kept."
            )
        return place

    def add(self, text: str, label: str = "", others: Sequence[str] = ()) -> None:
        """Add a row: its text, its label, and the cells of the other columns (the last ones may be missing)."""
        self._texts.append(text)
        if self._labelled:
            self._labels.append(label.strip())
        lengths = list(map(len, others))
        if lengths and max(lengths) > LONGEST_KEPT:
            others = [cell[:LONGEST_KEPT] for cell in others]
            lengths = list(map(len, others))
            self._source.notes.say(
                f"Cells of more than {LONGEST_KEPT:,} characters beside the text of {self._source.name} "
                "are kept only up to there."
            )
        self._others.append(others)
        self._size += len(text) + 1 + sum(lengths)

    def batch(self) -> Batch:
        """The rows since the last batch.

        Raises:
            UnpackError: far more came out of a packed file than it can hold.
        """
        if self._budget is not None:
            self._budget.take(self._size)
        metadata = {
            name: _lines([cells[place] if place < len(cells) else "" for cells in self._others])
            for name, place in self._columns.items()
        }
        labels = self._labels if self._labelled else None
        batch = Batch("\n".join([*_lines(self._texts), ""]), labels, metadata or None)
        self._texts, self._labels, self._others, self._size = [], [], [], 0
        return batch


def _lines(cells: list[str]) -> list[str]:
    """Each cell on one line; most need no change, which is quicker to see of all at once."""
    together = "".join(cells)
    return cells if one_line(together) is together else [one_line(cell) for cell in cells]


def column_names(cells: Sequence[str], header: bool) -> tuple[str, ...]:
    """Names of the columns, each different, from the first row of a table, or their numbers where it is no header."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) if header else ""
        name = name or f"column {number}"
        names[name if name not in names else f"{name} ({number})"] = None
    return tuple(names)
