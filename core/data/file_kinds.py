"""What a file is that is no text and that no reader knows, and what its owner can do to have it read."""

__all__ = ["READABLE", "kind_of"]

READABLE = "text, Markdown, CSV, JSON, Excel, Parquet, Word, OpenDocument, PDF, web pages, and zip or gzip of these"
UNPACK = "; unpack it, or make a zip archive of it"
DOCUMENT = "; open it in Word or LibreOffice and save it as .docx"
IMAGE = "; if it shows text, have it recognised (OCR) and saved as text"
#: Beginnings, and the sentence's end: what it is, and what to do where there is something to do.
MAGIC = (
    (b"PK\x03\x04", "a zip archive that cannot be read", "; unpack it and zip it anew"),
    (b"PK\x05\x06", "an empty zip archive", ""),
    (b"%PDF-", "a PDF file that cannot be read", ""),
    (b"\x1f\x8b", "a gzip archive that cannot be read", ""),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACK),
    (b"Rar!\x1a\x07", "a rar archive", UNPACK),
    (b"{\\rtf", "an RTF document", DOCUMENT),
    (b"\xffWPC", "a WordPerfect document", DOCUMENT),
    (b"%!PS", "a PostScript file", "; turn it into PDF (ps2pdf does)"),
    (b"AT&TFORM", "a DjVu scan", "; export its text, or turn it into PDF with text"),
    (b"PAR1", "a Parquet file that cannot be read", ""),
    (b"\x89PNG", "a PNG image", IMAGE),
    (b"\xff\xd8\xff", "a JPEG image", IMAGE),
    (b"GIF8", "a GIF image", IMAGE),
    (b"II*\x00", "a TIFF image", IMAGE),
    (b"MM\x00*", "a TIFF image", IMAGE),
    (b"SQLite format 3\x00", "an SQLite database", "; export the table as CSV"),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90\x00", "a program", ""),
    (b"\x93NUMPY", "a numpy array", ""),
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Old Office files are small file systems; the names in them, in UTF-16, say which program made one.
IN_OLD_OFFICE = (
    ("EncryptedPackage", "protected by a password; open it in its program and save it without one"),
    ("WordDocument", f"an old Word document (.doc){DOCUMENT}"),
    ("Workbook", "an old Excel file (.xls); open it in Excel or LibreOffice and save it as .xlsx or .csv"),
    ("PowerPoint Document", "an old PowerPoint file (.ppt); save it as PDF to read its text"),
    ("__nameid_version1.0", "an Outlook message (.msg); save it as text or as a web page"),
)
#: The names may stand behind the first bytes; then the ending has to do.
BY_ENDING = {".doc": "WordDocument", ".dot": "WordDocument", ".xls": "Workbook", ".ppt": "PowerPoint Document"}


def kind_of(head: bytes, ending: str = "") -> str | None:
    """The end of a sentence that begins with “The file is”; None where the first bytes are of no known kind.

    Args:
        head: the first bytes, some 256 kB.
        ending: the ending of its name in lower case, with the dot.
    """
    if head.startswith(OLD_OFFICE):
        for stream, what in IN_OLD_OFFICE:
            if stream.encode("utf-16-le") in head or BY_ENDING.get(ending) == stream:
                return what
        return "an old Word, Excel or Outlook file; save it as .docx, .xlsx or plain text"
    if head[30:58] == b"mimetypeapplication/epub+zip":
        return "an e-book (EPUB); turn it into a web page or plain text (Calibre does)"
    for magic, what, advice in MAGIC:
        if head.startswith(magic):
            return what + (advice or f", not text; a corpus is read from {READABLE}")
    if head[257:262] == b"ustar":
        return f"a tar archive, which is not supported{UNPACK}"
    if head[60:68] == b"BOOKMOBI":
        return "an e-book (MOBI); turn it into HTML or plain text"
    return None
