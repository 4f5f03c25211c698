"""The encoding that a web page declares for itself, in a meta tag or an XML declaration."""

import codecs
import re

__all__ = ["PAGE", "page_charset"]

#: How a whole page begins, whatever it is called; a fragment does not say what it is.
PAGE = re.compile(
    r"\ufeff?\s*+(?:<\?xml[^>]*+>\s*+|<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
LOOKED_AT = 1 << 13
CHARSET = re.compile(
    r"""<meta\s[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})|\A\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# What browsers take these for (WHATWG Encoding, section 4.2): the larger set that includes them.
TAKEN_FOR = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Labels that Python does not know.
LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "ks_c_5601-1987": "cp949", "x-gbk": "gb18030", "x-big5": "big5"}


def page_charset(head: bytes) -> str | None:
    """The encoding that a page declares, as Python calls it; None for UTF-8, and where it declares none.

    A page that is UTF-8 after all, saved anew by a program that left the declaration as it was, is taken for that.

    Args:
        head: the first bytes of the file.
    """
    beginning = head[:LOOKED_AT].decode("latin-1")
    if not beginning.lstrip().startswith("<") or (found := CHARSET.search(beginning)) is None:
        return None
    label = (found[1] or found[2]).lower()
    try:
        name = codecs.lookup(LABELS.get(label, label)).name
    except LookupError:
        return None
    # A declaration that can be read as it stands is not in UTF-16, whatever it says.
    return None if name.startswith("utf") or _has_utf8_letters(head) else TAKEN_FOR.get(name, name)


def _has_utf8_letters(head: bytes) -> bool:
    try:
        # The last letter may go on behind the first bytes.
        return not codecs.getincrementaldecoder("utf-8")().decode(head).isascii()
    except UnicodeDecodeError:
        return False
