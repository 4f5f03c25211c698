"""Text is read as what it is, or refused with the right guess; never as something else in silence."""

import pytest

from core.data.encoding import EncodingError, guess_encoding, refuse_binary, refuse_foreign
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.source import Source
from core.errors import CorpusError, SettingsError
from core.params import validate

SENTENCES = {
    "French": ("cp1252", "À l’été, les élèves français étudient où ça leur plaît, près de la forêt."),
    "German": ("cp1252", "Über den Fluß gehen fünf größere Bären, später schläft der König schön."),
    "Swedish": ("cp1252", "På ängen står en häst och äter grönt gräs, åtta små fåglar flyger över sjön."),
    "Russian": ("cp1251", "Быстрая лиса прыгает через ленивую собаку, а потом долго спит в лесу под деревом."),
    "Japanese": ("cp932", "東京大学の研究者は新しいデータを使って日本語の文章を調べています。"),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_the_guess_reads_the_text_rightly(language):
    encoding, text = SENTENCES[language]
    data = ((text + " ") * 5).encode(encoding)
    with pytest.raises(EncodingError) as caught:
        refuse_foreign([data], "file.txt")
    assert caught.value.guess is not None
    assert data.decode(caught.value.guess) == data.decode(encoding)
    assert caught.value.guess in str(caught.value)


@pytest.mark.parametrize("text", ["Zażółć gęślą jaźń i pójdź na święto. ", "Příliš žluťoučký kůň úpěl ďábelské ódy. "])
def test_central_european_text_is_not_taken_for_western(text):
    guess = guess_encoding((text * 10).encode("cp1250"))
    assert guess != "cp1252"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding):
    with pytest.raises(EncodingError) as caught:
        refuse_binary("plain English text, all ASCII".encode(encoding), "file.txt")
    assert caught.value.guess == encoding


@pytest.mark.parametrize(
    "data",
    [
        "naïve café".encode() * 20 + b"\xff" + "über".encode(),
        b"alpha \xc0\x80 beta \xed\xa0\xbd\xed\xb8\x80",
        "all is well: é".encode(),
    ],
)
def test_damaged_utf8_is_still_utf8(data):
    refuse_foreign([data[:7], data[7:]], "file.txt")


@pytest.mark.parametrize("end", ["caf\xe9".encode("latin-1"), b"caf\xe9 "])
def test_a_last_letter_of_latin1_is_not_a_cut_character(tmp_path, end):
    (tmp_path / "a.txt").write_bytes(b"plain English " * 10 + end)
    notes = Notes()
    with pytest.raises(EncodingError):
        list(Source(tmp_path / "a.txt", CorpusOptions(), notes).pieces())
    (tmp_path / "b.txt").write_bytes("tête-à-tête, été, déjà-vu, élève, café".encode() + b"\xc3")
    assert "".join(Source(tmp_path / "b.txt", CorpusOptions(), notes).pieces()).endswith("café")
    assert "one place was invalid" in notes.said[0]


def test_one_bad_letter_among_few_good_ones_is_not_passed_over():
    with pytest.raises(EncodingError):
        refuse_foreign([b"caf\xe9 in plain English"], "file.txt")


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"PK\x03\x04abc", "zip"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (bytes(range(256)) * 4, "binary"),
        (b"x" * 257 + b"ustar" + b"x" * 300, "tar"),
    ],
)
def test_binary_files_are_called_by_their_name(head, part):
    with pytest.raises(CorpusError, match=part):
        refuse_binary(head, "file.txt")


def test_a_few_control_characters_are_text():
    refuse_binary(b"alpha\x00beta \x1b[0m" + b"gamma delta " * 20, "file.txt")
    refuse_binary("über".encode() * 30 + b"\x01\x02", "file.txt")


def test_encoding_names_are_checked():
    assert validate(CorpusOptions, {"encoding": "latin1"}).encoding == "iso8859-1"
    for name in ("klingon", "rot13", "base64", "unicode_escape", "idna", "", "\0"):
        with pytest.raises(SettingsError, match="encoding"):
            validate(CorpusOptions, {"encoding": name})
