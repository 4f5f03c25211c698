"""Files that cannot be read, called by their name."""

import pytest

from core.data.file_kinds import IN_OLD_OFFICE, MAGIC, OLD_OFFICE, kind_of


@pytest.mark.parametrize("magic", [magic for magic, _, _ in MAGIC])
def test_each_kind_ends_a_sentence(magic):
    kind = kind_of(magic + b"anything")
    assert kind
    assert kind[0].islower() or kind.split()[0].isupper()
    assert not kind.endswith(".")


@pytest.mark.parametrize(
    ("stream", "part"),
    [
        ("EncryptedPackage", "password"),
        ("WordDocument", ".docx"),
        ("Workbook", ".xlsx or .csv"),
        ("PowerPoint Document", "PDF"),
        ("__nameid_version1.0", "Outlook"),
    ],
)
def test_old_office_files_are_told_apart_by_what_is_in_them(stream, part):
    assert stream in dict(IN_OLD_OFFICE)
    head = OLD_OFFICE + bytes(500) + stream.encode("utf-16-le") + bytes(40)
    assert part in kind_of(head)


def test_old_office_files_without_such_names_go_by_their_ending():
    assert ".docx" in kind_of(OLD_OFFICE, ".doc")
    assert ".xlsx" in kind_of(OLD_OFFICE, ".xls")
    assert "Outlook" in kind_of(OLD_OFFICE, ".bin")


def test_tar_and_e_books_have_their_mark_further_in():
    assert "tar" in kind_of(b"x" * 257 + b"ustar" + bytes(300))
    assert "MOBI" in kind_of(b"x" * 60 + b"BOOKMOBI")
    assert "EPUB" in kind_of(b"PK\x03\x04" + b"x" * 26 + b"mimetypeapplication/epub+zip")


def test_text_is_of_no_known_kind():
    assert kind_of(b"To be, or not to be") is None
    assert kind_of(b"") is None
