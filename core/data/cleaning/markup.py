"""Markup away: HTML, Markdown, BBCode and wiki text, each line on its own and in linear time.

No pattern looks across a line, none repeats what it repeats, and each stops at the next character with which another
match could begin: hostile text costs no more than other text.
"""

import html
import re
from collections.abc import Iterable
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.params import Field, Params

__all__ = ["Markup", "MarkupParams"]

# What is not text: from the one to the other, or to the end of the line.
UNREAD = [
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<(?i:script)(?![\w-])"), re.compile(r"</(?i:script)\s*+>")),
    (re.compile(r"<(?i:style)(?![\w-])"), re.compile(r"</(?i:style)\s*+>")),
]
# An attribute may hold a > in quotes.
ATTRIBUTES = r"""(?:[^<>"'\n]|"[^"<\n]*+"|'[^'<\n]*+')*+"""
# Tags within a word leave nothing, all others a blank.
WITHIN = re.compile(
    r"</?(?i:abbr|acronym|bdi|bdo|big|cite|code|del|dfn|em|font|ins|kbd|mark|samp|small|span|strike|strong|sub|sup|tt"
    rf"|var|wbr|[abiqsu])(?:[ \t/]{ATTRIBUTES})?>"
)
TAG = re.compile(rf"<[A-Za-z/!?](?:{ATTRIBUTES}>|[^<>\n]*+>)")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

Rules = Iterable[tuple[re.Pattern[str], str]]
# A line feed stands before the first line too: from it the beginnings of lines are found several times as fast.
MARKDOWN: Rules = (
    (re.compile(r"!\[([^\[\]\n]*+)\]"), r"[\1]"),
    (re.compile(r"\[([^\[\]\n]*+)\](?:\((?:[^()\n]|\([^()\n]*+\))*+\)|\[[^\[\]\n]*+\])"), r"\1"),
    (re.compile(r"\n(?:[ \t>]|#{1,6}[ \t]|[*+-][ \t]|\d{1,9}[.)][ \t])++"), "\n"),
    (re.compile(r"\n(?:[-*_=|:][ \t]*+){3,}+(?![^\n])"), "\n"),
    (re.compile(r"`+|\*+|~~+"), ""),
    # Underscores within a word belong to it.
    (re.compile(r"_(?<!\w_)_*+(?=\S)|_(?<=[^\s_]_)_*+(?!\w)"), ""),
    (re.compile(r"\|"), " "),
)
BBCODE: Rules = (
    (
        re.compile(
            r"\[/?(?i:\*|attach|b|center|code|colou?r|email|font|h[1-6r]|i|img|indent|justify|left|li|list|noparse|pre"
            r"|quote|right|s|size|spoiler|sub|sup|table|t[dhr]|u|url|user|video|youtube)(?:[= ][^\[\]\n]*+)?\]"
        ),
        " ",
    ),
)
TEMPLATE = re.compile(r"\{\{[^{}\n]*+\}\}")
NESTED = 8
MEDIA = "(?:File|Image|Category|Datei|Bild|Kategorie|Fichier|Catégorie|Archivo|Categoría)"
WIKI: Rules = (
    (re.compile(r"<ref[^<>\n/]*+/>"), ""),
    (re.compile(r"<ref[^<>\n/]*+>[^<\n]*+</ref>"), ""),
    # Of a link the part after the bar is what people see; an image or a category has no text of its own.
    (re.compile(rf"\[\[(?!{MEDIA}:)(?:[^\[\]|\n]*+\|)?([^\[\]\n]*+)\]\]"), r"\1"),
    (re.compile(rf"\[\[{MEDIA}:[^\[\]\n]*+\]\]"), " "),
    (re.compile(r"\[(?:https?|ftp)://[^\s\[\]]*+[ \t]*+([^\[\]\n]*+)\]"), r"\1"),
    (re.compile(r"''+"), ""),
    (re.compile(r"\n[ \t]*+(?:=++|[*#:;]++|\{\||\|[}+-]?|!)"), "\n"),
    (re.compile(r"=(?<!==)=*+[ \t]*+(?![^\n])"), ""),
    (re.compile(r"\|\|+|!!+"), " "),
    (re.compile(r"__[A-Z]{2,20}__"), ""),
)


class MarkupParams(Params):
    """Which markup."""

    kind: Literal["html", "markdown", "bbcode", "wiki"] = Field(
        "html",
        description="How the text is marked up; HTML goes with each of them. Put it before steps that write words such "
        "as _url_.",
    )


@CLEANING_STEPS.register
class Markup(TextStep[MarkupParams]):
    """Takes away tags, comments, scripts and styles, and puts characters in the place of entities such as &amp;.

    Of a link stays what people read, of an image its description. Tags that begin on one line and end on another stay:
    a file of HTML has its own reader.
    """

    name = "markup"
    title = "Markup"
    summary = (
        "Takes away the tags of HTML, or the signs of Markdown, BBCode or wiki text, and puts characters in the place "
        "of entities; for fields of exports and dumps."
    )
    Params = MarkupParams

    def text(self, text: str) -> str:
        """The text that people read."""
        if self.params.kind == "wiki":
            text = _wiki(text)
        for begin, end in UNREAD:
            text = _without(begin, end, text)
        text = TAG.sub(" ", WITHIN.sub("", text))
        if self.params.kind == "markdown":
            text = _apply(MARKDOWN, text)
        elif self.params.kind == "bbcode":
            text = _apply(BBCODE, text)
        return ENTITY.sub(_character, text)


def _apply(rules: Rules, text: str) -> str:
    text = f"\n{text}"
    for pattern, instead in rules:
        text = pattern.sub(instead, text)
    return text[1:]


def _wiki(text: str) -> str:
    for _ in range(NESTED):
        text, found = TEMPLATE.subn(" ", text)
        if not found:
            break
    return _apply(WIKI, text)


def _without(begin: re.Pattern[str], end: re.Pattern[str], text: str) -> str:
    """The text without what stands from `begin` to `end` or to the end of the line."""
    pieces, done = [], 0
    match = begin.search(text)
    while match is not None:
        line = text.find("\n", match.end())
        line = len(text) if line < 0 else line
        found = end.search(text, match.end(), line)
        pieces += [text[done : match.start()], " "]
        done = found.end() if found is not None else line
        match = begin.search(text, done)
    return "".join([*pieces, text[done:]]) if pieces else text


def _character(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    # A line feed would be the end of the document.
    return " " if character.isspace() else character
