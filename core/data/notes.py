"""What reading a corpus has to say: sentences of warning, and what was passed over with its line numbers."""

from dataclasses import dataclass, field

__all__ = ["Notes"]

SHOWN = 5


@dataclass(slots=True)
class Notes:
    """Collects what a person should know about how a file was read.

    Attributes:
        said: plain sentences, in the order in which they came up.
        skipped: lines or rows that were passed over, in all.
    """

    said: list[str] = field(default_factory=list)
    skipped: int = 0
    _reasons: dict[str, list[int]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self.said:
            self.said.append(sentence)

    def skip(self, reason: str, line: int) -> None:
        """Count a line or row that gives no document, such as ``skip("is not JSON", 7)``."""
        self.skipped += 1
        self.count(f"skipped: {reason}", line)

    def count(self, what: str, line: int) -> None:
        """Count something that lines or rows have in common; the first few line numbers are kept."""
        self._counts[what] = self._counts.get(what, 0) + 1
        lines = self._reasons.setdefault(what, [])
        if len(lines) < SHOWN:
            lines.append(line)

    def sentences(self, unit: str = "line") -> list[str]:
        """All there is to say, counts last; `unit` is what a document is in this format (line, row)."""
        told = []
        for what, count in self._counts.items():
            lines = ", ".join(f"{line:,}" for line in self._reasons[what])
            more = ", …" if count > len(self._reasons[what]) else ""
            plural = unit if count == 1 else f"{unit}s"
            told.append(f"{count:,} {plural} {what} ({plural} {lines}{more}).")
        return [*self.said, *told]
