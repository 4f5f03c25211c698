"""What web pages say about their encoding."""

import pytest

from core.data.charset import PAGE, page_charset
from core.data.encoding import declared_encoding


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'<html><meta charset="koi8-r">', "koi8-r"),
        (b"<!doctype html><head><META CHARSET=windows-1251>", "cp1251"),
        (b'<html><meta http-equiv="Content-Type" content="text/html; charset=euc-jp">', "euc_jp"),
        (b"<?xml version='1.0' encoding='windows-1250'?><html>", "cp1250"),
        # What browsers take these labels for.
        (b'<meta charset="iso-8859-1">', "cp1252"),
        (b'<meta charset="us-ascii">', "cp1252"),
        (b'<meta charset="GB2312">', "gb18030"),
        (b'<meta charset="x-sjis">', "cp932"),
        # A declaration that can be read is not in UTF-16; UTF-8 is what is tried anyway.
        (b'<meta charset="utf-16">', None),
        (b'<meta charset="utf-8">', None),
        (b'<meta charset="no-such-thing">', None),
        (b'<meta name="description" content="the word charset">', None),
        (b"<p>no declaration", None),
        (b'The tag <meta charset="koi8-r"> in a text', None),
    ],
)
def test_declared(head, expected):
    assert page_charset(head) == expected
    assert declared_encoding(head, None) == expected


def test_utf8_under_a_stale_declaration_is_read_as_utf8():
    assert page_charset('<meta charset="iso-8859-1">café'.encode()) is None
    assert page_charset('<meta charset="iso-8859-1">café'.encode("latin-1")) == "cp1252"
    # Cut off inside its last letter, as the first bytes of a long page may be.
    assert page_charset('<meta charset="iso-8859-1">tête, café'.encode()[:-1]) is None


def test_the_person_and_a_byte_order_mark_come_first():
    page = b'<meta charset="koi8-r">'
    assert declared_encoding(page, "cp1251") == "cp1251"
    assert declared_encoding(b"\xef\xbb\xbf" + page, None) == "utf-8-sig"


@pytest.mark.parametrize(
    ("text", "is_page"),
    [
        ("<!DOCTYPE html>", True),
        ("\ufeff\n <?xml version='1.0'?>\n<!-- saved --><!-- twice -->\n<html lang=en>", True),
        ("<body>", True),
        ("<p>a fragment</p>", False),
        ("<!-- never closed <html>", False),
        ("A text about <html>", False),
        ("<htmlish>", False),
        ("<!--" * 20_000, False),
    ],
)
def test_how_a_page_begins(text, is_page):
    assert bool(PAGE.match(text)) == is_page
