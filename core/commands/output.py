"""What commands print: one JSON value, or a table that people read. Words are shown without control characters."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["plain", "print_json", "print_table", "say"]


def print_json(value: Any) -> None:
    """Print one JSON value on stdout; numbers that JSON does not know become null."""
    print(json.dumps(_finite(value), ensure_ascii=False, allow_nan=False))


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under a header, columns aligned; nothing for no rows."""
    cells = [[plain(_cell(row.get(column))) for column in columns] for row in rows]
    if not cells:
        return
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    for line in [list(columns), *cells]:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def say(text: str) -> None:
    """Tell the person at the terminal something, on stderr."""
    print(plain(text), file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(char if char.isprintable() or char == "\u200c" else "?" for char in text)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, Mapping):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
