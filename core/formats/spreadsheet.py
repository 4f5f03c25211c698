"""The one writer of tables for spreadsheets: CSV in which no cell can be taken for a formula.

A spreadsheet computes a cell that begins with `=`, `+`, `-`, `@` (also in full width), a tab or a line end, and a
formula can call out. Such text gets a leading apostrophe; numbers stay numbers. Files made here say so in their name.
What must come back exactly goes out as safetensors or JSON instead.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence

__all__ = ["SUFFIX", "safe_cell", "spreadsheet_csv"]

SUFFIX = "_for_spreadsheets.csv"
STARTS = tuple("=+-@\t\r\n\0＝＋－＠")

Cell = str | int | float | bool | None


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet may hold it: no formula, no NUL, no half characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return ("'" + text if text.startswith(STARTS) else text).replace("\0", "")


def spreadsheet_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as CSV in UTF-8 with a byte order mark, by which spreadsheets know it.

    Args:
        header: names of the columns.
        rows: texts and numbers; None, nan and infinity become empty cells.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return safe_cell(cell)
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    return cell
