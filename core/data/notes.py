"""What reading a corpus has to say: sentences of warning, and what was passed over with its line numbers."""

from dataclasses import dataclass, field

__all__ = ["Notes"]

SHOWN = 5
FILES_SHOWN = 20


@dataclass(slots=True)
class Notes:
    """Collects what a person should know about how a file was read.

    Attributes:
        said: plain sentences, in the order in which they came up.
        skipped: lines or rows that were passed over, in all.
        passed_over: files that were passed over, in all.
        file: the file that is being read, where there are several.
        unit: what a document is in it (“line”, “row”).
    """

    said: list[str] = field(default_factory=list)
    skipped: int = 0
    passed_over: int = 0
    file: str = ""
    unit: str = ""
    _reasons: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self.said:
            self.said.append(sentence)

    def pass_over(self, reason: str) -> None:
        """Count a file that is passed over; the first ones are named with the sentence that says why."""
        self.passed_over += 1
        if self.passed_over <= FILES_SHOWN:
            self.said.append(f"Passed over: {reason}")

    def skip(self, reason: str, line: int) -> None:
        """Count a line or row that gives no document, such as ``skip("is not JSON", 7)``."""
        self.skipped += 1
        self.count(f"skipped: {reason}", line)

    def count(self, what: str, line: int) -> None:
        """Count something that lines or rows have in common; the first few line numbers are kept."""
        key = (what, self.unit)
        self._counts[key] = self._counts.get(key, 0) + 1
        lines = self._reasons.setdefault(key, [])
        if len(lines) < SHOWN:
            lines.append(f"{line:,} of {self.file}" if self.file else f"{line:,}")

    def sentences(self, unit: str = "line") -> list[str]:
        """All there is to say, counts last; `unit` is what a document is where that was not said (line, row)."""
        told = []
        if self.passed_over > FILES_SHOWN:
            told.append(f"{self.passed_over - FILES_SHOWN:,} more files were passed over.")
        for (what, its_unit), count in self._counts.items():
            lines = ", ".join(self._reasons[what, its_unit])
            more = ", …" if count > len(self._reasons[what, its_unit]) else ""
            one = its_unit or unit
            plural = one if count == 1 else f"{one}s"
            told.append(f"{count:,} {plural} {what} ({plural} {lines}{more}).")
        return [*self.said, *told]
