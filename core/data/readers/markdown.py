"""Markdown: the text as it reads, without the marks.

What a reader of the finished page sees is text: headings, entries of lists, cells of tables, the words of links, code.
The front matter, link targets, comments and HTML tags are not. Lines of a paragraph are joined, as they are shown.
Where a mark may be meant as it stands (snake_case, 3 * 4, List<String>), it stays.

Format: CommonMark 0.31.2, with tables, task lists and footnotes as GitHub has them.
"""

import re
from collections.abc import Iterator
from html import unescape

from core.data.flow import BATCH, LONGEST, Flow
from core.data.reader import READERS, Batch, Columns, Reader
from core.data.source import Source, lines_of

__all__ = ["Markdown"]

MOST_FRONT_MATTER = 1_000
FENCE = re.compile(r"\s*(`{3,}(?!.*`)|~{3,})")
QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
HEADING = re.compile(r"\s{0,3}#{1,6}(?:\s+|$)")
ITEM = re.compile(r"\s*(?:[-*+]|(\d{1,9})[.)])\s+(?:\[[ xX]\]\s+)?(?=\S)")
DEFINITION = re.compile(r"\s{0,3}\[(?!\^)[^\[\]]+\]:\s*(?=\S*[/#.])\S+(?:\s+[\"'(].*)?\s*$")
NOTE = re.compile(r"\s{0,3}\[\^[^\[\]]+\]:\s*")
CELL_END = re.compile(r"(?<!\\)\|")
# No pattern goes past the next mark of its kind, so that no text makes it search again and again.
MARK = re.compile(r"[\\`*_\[<&~]")
KEPT_AS_IT_IS = re.compile(r"\\([!-/:-@\[-`{-~])|(?<!`)(`++)([^`]++)\2(?!`)")
AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]{1,31}:[^<>\s]*+|[^<>\s@]++@[^<>\s@]++)>", re.IGNORECASE)
INSIDE = "a|abbr|b|cite|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr"
AROUND = (
    "blockquote|br|center|dd|details|div|dl|dt|figcaption|figure|h[1-6]|hr|img|input|li|ol|p|picture|pre|source|summary|"
    "table|tbody|td|th|thead|tr|ul|video"
)
TAG_INSIDE = re.compile(rf"</?(?:{INSIDE})(?:\s[^<>]*+|/)?>", re.IGNORECASE)
TAG_AROUND = re.compile(rf"</?(?:{AROUND})(?:\s[^<>]*+|/)?>", re.IGNORECASE)
LINK = re.compile(
    r"!?\[([^\[\]]*+)\]\([^()\[\]]*+(?:\([^()\[\]]*+\)[^()\[\]]*+)*+\)|(?<!\w)!?\[([^\[\]]++)\]\[[^\[\]]*+\]"
)
FOOTNOTE = re.compile(r"\[\^[^\[\]]++\]")
EMPHASIS = (
    ("**", re.compile(r"(\*{2,3})(?=[^\s*])([^*]*+)(?<=[^\s*])\1")),
    ("*", re.compile(r"(?<!\w)(\*)(?=[^\s*])([^*]*+)(?<=[^\s*])\1(?!\w)")),
    ("_", re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])((?:[^_]|(?<=\w)_++(?=\w))*+)(?<=[^\s_])\1(?!\w)")),
    ("~~", re.compile(r"(~~)(?=[^\s~])([^~]*+)(?<=[^\s~])\1")),
)
#: Bold inside italics inside a link …
DEEPEST = 3
#: Around the number of something that is kept as it is.
OPEN, CLOSE = "\ue000", "\ue001"
KEPT = re.compile(f"{OPEN}(\\d+){CLOSE}")


@READERS.register
class Markdown(Reader):
    """Paragraphs, headings, entries of lists, rows of tables and blocks of code."""

    name = "markdown"
    title = "Markdown"
    summary = "Each paragraph, heading, list entry and table row is a document; marks and link targets are not read."
    unit = "paragraph"
    endings = (".md", ".markdown", ".mdown", ".mkd")

    @classmethod
    def likeness(cls, source: Source) -> float:
        """By its ending alone: the content is text like any other."""
        return 0.9 if source.ending in cls.endings else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The first paragraphs."""
        blocks = _Blocks()
        lines = source.head.split("\n")
        for line in _behind_front_matter(iter(lines if source.whole else lines[:-1])):
            blocks.line(line)
        blocks.end()
        return Columns((), None, tuple((line,) for line in blocks.flow.lines[:rows]))

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """All paragraphs."""
        blocks = _Blocks()
        for line in _behind_front_matter(lines_of(source.pieces())):
            blocks.line(line)
            if blocks.flow.size > BATCH:
                yield blocks.flow.batch()
        blocks.end()
        if blocks.flow.lines:
            yield blocks.flow.batch()


def _behind_front_matter(lines: Iterator[str]) -> Iterator[str]:
    """All lines but a block of settings (YAML or TOML) at the very beginning."""
    first = next(lines, "").removeprefix("\ufeff").rstrip()
    held = [first]
    if first in ("---", "+++"):
        for line in lines:
            held.append(line)
            if line.rstrip() in (first, "..."):
                held = []
                break
            if len(held) > MOST_FRONT_MATTER:
                break
    yield from held
    yield from lines


class _Blocks:
    """Takes a document line by line and lets its text flow."""

    def __init__(self) -> None:
        self.flow = Flow(_plain)
        self._paragraph: list[str] = []
        self._size = 0
        self._fence = ""
        self._comment = self._table = self._item = False

    def line(self, line: str) -> None:
        """Read on."""
        quote = QUOTE.match(line)
        line = line[quote.end() :] if quote is not None else line
        if self._fence:
            self._code(line)
            return
        if self._comment or line.lstrip().startswith("<!--"):
            line = self._behind_comment(line)
            if not line.strip():
                return
        if (fence := FENCE.match(line)) is not None:
            self._end_paragraph()
            self._fence, self.flow.finish = fence[1], None
        elif not line.strip():
            self._end_paragraph()
            self._table = self._item = False
        elif "|" in line and (self._table or self._begins_table(line)):
            if self._table:
                self._row(line)
            self._table = True
        else:
            self._text(line)

    def end(self) -> None:
        """The document is at its end."""
        self._end_paragraph()
        self.flow.end()

    def _behind_comment(self, line: str) -> str:
        """What a line shows that begins with a comment, or inside one."""
        if self._comment:
            _, end, line = line.partition("-->")
            self._comment = not end
        line = _without_comments(line)
        if not line.lstrip().startswith("<!--"):
            return line
        self._comment = True
        return ""

    def _code(self, line: str) -> None:
        stripped = line.strip()
        if stripped.startswith(self._fence) and not stripped.strip(self._fence[0]):
            self.flow.end_line()
            self._fence, self.flow.finish = "", _plain
        else:
            self.flow.add(line + "\n")

    def _begins_table(self, line: str) -> bool:
        """Whether this is the line of dashes below the head of a table; the head is then read as its first row."""
        if len(self._paragraph) != 1 or "|" not in self._paragraph[0] or "-" not in line or set(line) - set("|:- \t"):
            return False
        head = self._paragraph.pop()
        self._row(head)
        return True

    def _row(self, line: str) -> None:
        self.flow.begin_row()
        for cell in CELL_END.split(line.strip().removeprefix("|").removesuffix("|")):
            self.flow.begin_cell()
            self.flow.add(cell)
        self.flow.end_row()

    def _text(self, line: str) -> None:
        """A line that is no code, no table and not blank."""
        if _is_rule(line.strip(), bool(self._paragraph)):
            # A rule, or the line below a heading.
            self._end_paragraph()
            return
        heading = HEADING.match(line)
        if heading is not None:
            self._end_paragraph()
            text = line[heading.end() :].rstrip()
            without = text.rstrip("#")
            self._add(without if not without or without[-1].isspace() else text)
            self._end_paragraph()
            return
        if DEFINITION.match(line):
            return
        item = ITEM.match(line)
        # “1986. What a year” at the beginning of a line is no list, unless one has begun.
        if item is not None and (item[1] in (None, "1") or self._item or not self._paragraph):
            self._end_paragraph()
            self._item = True
            line = line[item.end() :]
        note = NOTE.match(line)
        self._add(line[note.end() :] if note is not None else line)

    def _add(self, line: str) -> None:
        line = line.strip().removesuffix("\\")
        self._paragraph.append(line)
        self._size += len(line)
        if self._size > LONGEST:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        if self._paragraph:
            self.flow.add(" ".join(self._paragraph))
            self._paragraph.clear()
            self._size = 0
        self.flow.end_line()


def _is_rule(line: str, below_text: bool) -> bool:
    """Whether a line is drawn, between paragraphs or below a heading."""
    if line[0] not in "-*_=":
        return False
    signs = set(line.replace(" ", ""))
    return len(signs) == 1 and ((line[0] != "=" and line.count(line[0]) > 2) or (below_text and line[0] in "=-"))


def _plain(text: str) -> str:
    """The text of a paragraph without its marks."""
    if MARK.search(text) is None:
        return text
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[1] or found[3])
        return f"{OPEN}{len(kept) - 1}{CLOSE}"

    text = text.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
    if "`" in text or "\\" in text:
        text = KEPT_AS_IT_IS.sub(keep, text)
    if "<" in text:
        text = AUTOLINK.sub(r"\1", _without_comments(text))
        text = TAG_AROUND.sub(" ", TAG_INSIDE.sub("", text))
    for _ in range(DEEPEST):
        before = text
        if "[" in text:
            text = LINK.sub(lambda found: found[1] if found[1] is not None else found[2], FOOTNOTE.sub("", text))
        for mark, emphasis in EMPHASIS:
            if mark in text:
                text = emphasis.sub(lambda found: found[2], text)
        if text == before:
            break
    return KEPT.sub(lambda found: kept[int(found[1])], unescape(text))


def _without_comments(text: str) -> str:
    parts, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 2)) >= 0:
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:]
