"""Makes small files of the formats that programs write, and reads them."""

import io
import zipfile

from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import reader_for
from core.data.source import Source

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
SPACE = "urn:oasis:names:tc:opendocument:xmlns:"


def read(tmp_path, content, name, **options):
    """The reader's name, the documents, and what was said."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    notes = Notes()
    source = Source(path, CorpusOptions(**options), notes)
    reader = reader_for(source)
    text = "".join(batch.text for batch in reader.read(source))
    assert not text or text.endswith("\n")
    first = [row[0] for row in reader.look(Source(path, CorpusOptions(**options), Notes()), 3).rows]
    assert first == [line for line in text.split("\n") if line][: len(first)]
    return reader.name, text.removesuffix("\n").split("\n"), notes.sentences(reader.unit)


def zipped(members, first_stored=False):
    """A zip archive of some texts or bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(members.items()):
            stored = zipfile.ZIP_STORED if first_stored and number == 0 else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, stored)
    return file.getvalue()


def relations(**targets):
    """A part that says what another refers to."""
    inside = "".join(
        f'<Relationship Id="r{number}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inside}</Relationships>'


def docx(body, **others):
    """A Word document with this body; other members by name."""
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": relations(officeDocument="word/document.xml"),
            "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
            **others,
        }
    )


def odt(body, kind="text", **others):
    """An OpenDocument text with this body."""
    spaces = " ".join(f'xmlns:{name}="{SPACE}{name}:1.0"' for name in ("office", "text", "table", "draw"))
    svg = f'xmlns:svg="{SPACE}svg-compatible:1.0"'
    return zipped(
        {
            "mimetype": OPEN_DOCUMENT + kind,
            "content.xml": f"<office:document-content {spaces} {svg}><office:body><office:text>{body}"
            "</office:text></office:body></office:document-content>",
            **others,
        },
        first_stored=True,
    )


def pdf(*pages):
    """A PDF whose pages show these lines, one below the other (bytes: a content stream as it stands)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        stream = page if isinstance(page, bytes) else _shown(page)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def _shown(page):
    lines = [
        b"(%s) Tj T*" % line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        for line in page.split("\n")
    ]
    return b"BT /F1 12 Tf 14 TL 72 720 Td\n%s\nET" % b"\n".join(lines)
