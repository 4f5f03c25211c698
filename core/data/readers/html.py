"""Web pages (HTML, XHTML): what a browser would show as text. Nothing is fetched.

The scanner is written here because Python's `html.parser` takes a minute for 60 kB of “<a <a <a” and reads broken pages
in a way that changed between Python versions, so that a corpus would not be rebuilt byte for byte. It follows
HTML Living Standard, section 13.2.5 (tokenisation), in time that grows with the page alone.
"""

import re
from collections.abc import Iterator
from html import unescape

from core.data.charset import PAGE
from core.data.flow import BATCH, Flow
from core.data.reader import READERS, Batch, Columns, Reader
from core.data.source import Source

__all__ = ["Html"]

#: Elements that end a paragraph where they begin and where they end; all others stand inside one.
# fmt: off
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "optgroup", "option", "p",
    "pre", "search", "section", "summary", "ul",
))
# fmt: on
#: Elements whose content is no markup, up to their end tag; a browser does not show it in the text.
RAW = frozenset(("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp"))
#: Elements whose content is markup that is not shown in the text, and the end tags that end them.
SKIPPED = {
    # What leads to other pages stands on every page alike.
    "nav": ("nav",),
    "template": ("template",),
    "svg": ("svg",),
    "select": ("select",),
    "datalist": ("datalist",),
    "annotation": ("annotation",),
    # How an East Asian word is spoken, in small print above it.
    "rt": ("rt", "rp", "ruby"),
    "rp": ("rt", "rp", "ruby"),
}
MEANING = frozenset(
    slash + name for name in (*BLOCKS, *RAW, *SKIPPED, "br", "table", "tr", "td", "th") for slash in ("", "/")
)
TAG = re.compile(r"""<(/?[a-z][^\s/>]*+)(?=[\s/>])(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+>""", re.IGNORECASE)
TAG_NAME = re.compile(r"</?[a-z][^\s/>]*", re.IGNORECASE)
TAG_END = re.compile(r""">|=\s*(["'])""")
QUOTED = {quote: re.compile(quote) for quote in "\"'"}
COMMENT_END = re.compile(r"--!?>")
BOGUS_END = re.compile(">")
RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
ANY_TAG = re.compile(r"<(?:[a-z!/?])[^>]*+>", re.IGNORECASE)
LONGEST_NAME = 100
#: No end of what is passed over is longer than this (“</textarea”).
KEPT = 16


@READERS.register
class Html(Reader):
    """Paragraphs, headings, entries of lists and rows of tables; scripts, menus, comments, the title are left out."""

    name = "html"
    title = "Web page (HTML)"
    summary = "Each paragraph, heading, list entry and table row is a document; scripts, menus and comments are not."
    unit = "paragraph"
    endings = (".html", ".htm", ".xhtml", ".xht")

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain where a page begins; a fragment has to have the ending too."""
        if PAGE.match(source.head):
            return 0.97
        return 0.85 if source.ending in cls.endings and ANY_TAG.search(source.head) else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The first paragraphs."""
        page = _Page()
        page.feed(source.head)
        if source.whole:
            page.close()
        return Columns((), None, tuple((line,) for line in page.flow.lines[:rows]))

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """All paragraphs."""
        page = _Page()
        for piece in source.pieces():
            page.feed(piece)
            if page.flow.size > BATCH:
                yield page.flow.batch()
        opened = page.close()
        if opened:
            source.notes.say(f"{source.name}: {opened} is opened and never closed; what stands behind was not read.")
        if page.flow.lines:
            yield page.flow.batch()


class _Page:
    """Takes a page in pieces of any size and lets its text flow."""

    def __init__(self) -> None:
        self.flow = Flow(_characters)
        self._held = ""
        # What is passed over: a tag with attributes, a comment, the content of a script; else None.
        self._until: re.Pattern[str] | None = None
        self._tag = self._raw = self._skip = ""
        self._skip_depth = self._pre = 0
        self._tables: list[int] = []

    def feed(self, piece: str) -> None:
        """Read on."""
        text, self._held = self._held + piece, ""
        position = 0
        while position < len(text):
            if self._until is not None:
                position = self._pass_over(text, position)
                continue
            start = text.find("<", position)
            if start < 0:
                start = len(text)
            if start > position:
                self._add(text[position:start])
            tag = TAG.match(text, start)
            if tag is not None:
                position = tag.end()
                name = tag[1].lower()
                if name in MEANING or self._skip:
                    self._any_tag(name, text[position - 2] == "/")
            else:
                position = self._other_markup(text, start)

    def close(self) -> str:
        """The page is at its end; returns what was opened and swallowed the rest of it, mostly nothing."""
        if self._until is None and TAG_NAME.match(self._held) is None:
            self._add(self._held)
        self.flow.end()
        if self._until is COMMENT_END:
            return "a comment"
        swallowed = self._raw or self._skip
        return f"<{swallowed}>" if swallowed else ""

    def _add(self, text: str) -> None:
        if not self._skip:
            self.flow.add(text if self._pre or "\n" not in text else text.replace("\n", " "))

    def _other_markup(self, text: str, position: int) -> int:
        """Read what begins with “<” and is no whole tag; returns where to read on."""
        if position == len(text):
            return position
        name = TAG_NAME.match(text, position)
        if name is not None:
            if name.end() == len(text) and name.end() - position < LONGEST_NAME:
                return self._hold(text, position)
            self._tag, self._until = name[0][1:].lower(), TAG_END
            return name.end()
        if text.startswith("<!--", position):
            # “<!-->” is a comment as well.
            self._until = COMMENT_END
            return position + 2
        if len(text) - position < 4:
            return self._hold(text, position)
        if text[position + 1] in "!?/":
            self._until = BOGUS_END
            return position + 2
        self._add("<")
        return position + 1

    def _hold(self, text: str, position: int) -> int:
        """Wait for the rest of a tag."""
        self._held = text[position:]
        return len(text)

    def _pass_over(self, text: str, position: int) -> int:
        """Look for the end of what is passed over; returns where it is, or where to read on."""
        assert self._until is not None
        found = self._until.search(text, position)
        if found is None:
            self._held = text[max(position, len(text) - KEPT) :]
            return len(text)
        if self._until is TAG_END and found[1]:
            self._until = QUOTED[found[1]]
        elif self._until in QUOTED.values():
            self._until = TAG_END
        elif self._raw and self._until is RAW_END[self._raw]:
            self._tag, self._raw, self._until = "/" + self._raw, "", TAG_END
        elif self._until is TAG_END:
            self._until = None
            self._any_tag(self._tag, text[found.start() - 1 : found.start()] == "/")
        else:
            self._until = None
        return found.end()

    def _any_tag(self, tag: str, closed: bool) -> None:
        """A tag, with a slash before its name where it is an end tag; `closed` where it has one before its end."""
        name = tag.lstrip("/")
        if name in RAW and tag == name and not closed:
            self._raw, self._until = name, RAW_END[name]
        elif self._skip:
            self._in_skipped(tag, closed)
        elif tag in SKIPPED and not closed:
            self._skip, self._skip_depth = tag, 1
        elif name in BLOCKS:
            self.flow.end_line()
            if name == "pre":
                self._pre = max(0, self._pre + (1 if tag == name else -1))
        elif tag == "br":
            self.flow.add("\n")
        elif name in ("table", "tr", "td", "th"):
            self._in_table(tag)

    def _in_skipped(self, tag: str, closed: bool) -> None:
        ends = SKIPPED[self._skip]
        if tag[0] == "/" and tag[1:] in ends:
            self._skip_depth -= 1
        elif tag == self._skip and len(ends) == 1 and not closed:
            self._skip_depth += 1
        if self._skip_depth == 0:
            self._skip = ""

    def _in_table(self, tag: str) -> None:
        """Open and close rows; end tags may be missing, as the standard allows, or too many."""
        flow = self.flow
        flow.end_line()
        # Rows of the tables around this one stay open.
        around = self._tables[-1] if self._tables else 0
        if tag == "table":
            self._tables.append(len(flow.rows))
        elif tag in ("/table", "/tr", "tr"):
            while len(flow.rows) > around:
                flow.end_row()
            if tag == "/table" and self._tables:
                self._tables.pop()
            elif tag == "tr":
                flow.begin_row()
        elif tag in ("td", "th"):
            if len(flow.rows) == around:
                flow.begin_row()
            flow.begin_cell()


def _characters(text: str) -> str:
    return unescape(text) if "&" in text else text
