"""Each reader on small files whose documents are counted by hand."""

import json

import pytest

from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import READERS, reader_for
from core.data.source import Source
from core.errors import CorpusError


def read(tmp_path, content, name="file.txt", **options):
    """Lines, labels and what was said."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    notes = Notes()
    source = Source(path, CorpusOptions(**options), notes)
    reader = reader_for(source)
    batches = list(reader.read(source))
    text = "".join(batch.text for batch in batches)
    labels = [label for batch in batches for label in batch.labels or ()]
    assert text.endswith("\n")
    assert not labels or len(labels) == text.count("\n")
    return reader.name, text.removesuffix("\n").split("\n"), labels, notes


@pytest.mark.parametrize("reader", list(READERS), ids=lambda reader: reader.name)
def test_every_reader_says_what_it_is(reader):
    assert reader.title
    assert reader.summary.endswith(".")
    assert reader.unit.isalpha()
    assert all(ending.startswith(".") and ending == ending.lower() for ending in reader.endings)


# ------------------------------------------------------------------------------------------------- what a file holds


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("To be, or not to be\nThat is the question\n", "a.txt", "text"),
        ("To be, or not to be\n", "a", "text"),
        ('{"text": "a"}\n{"text": "b"}\n', "a.txt", "jsonl"),
        ('[\n {"text": "a"}\n]', "a.csv", "jsonl"),
        ("{not json}\n", "a.jsonl", "jsonl"),
        ("[Chorus]\nla la\n", "a.txt", "text"),
        ("text,label\nx,1\n", "a.csv", "csv"),
        ("sep=;\ntext;label\nx;1\n", "a.txt", "csv"),
        ("id\ttext\n" + "1\talpha beta\n" * 3, "a.txt", "csv"),
        ("id;text\n" + "1;alpha beta\n" * 12, "a.txt", "csv"),
        ("One, two.\n" * 12, "a.txt", "text"),
        ("just one column\n", "a.csv", "csv"),
    ],
)
def test_content_decides(tmp_path, content, name, expected):
    path = tmp_path / name
    path.write_text(content)
    assert reader_for(Source(path, CorpusOptions(), Notes())).name == expected


def test_format_can_be_asked_for(tmp_path):
    assert read(tmp_path, "a,b\nc,d\n", "x.csv", format="text")[:2] == ("text", ["a,b", "c,d"])


# -------------------------------------------------------------------------------------------------------------- text


def test_text_lines_of_any_kind(tmp_path):
    assert read(tmp_path, b"a b\r\nc\rd\n\ne")[1] == ["a b", "c", "d", "", "e"]


def test_text_line_ends_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.source.BLOCK", 1)
    assert read(tmp_path, b"a\r\nb\rc\n\r\r\nd\r")[1] == ["a", "b", "c", "", "", "d"]
    assert read(tmp_path, "é€𝒳".encode())[1] == ["é€𝒳"]
    assert read(tmp_path, "é\n€".encode("utf-16"))[1] == ["é", "€"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_encodings_that_say_so(tmp_path, encoding):
    _, lines, _, notes = read(tmp_path, "naïve café\nüber".encode(encoding))
    assert lines == ["naïve café", "über"]
    assert notes.sentences() == []


@pytest.mark.parametrize("encoding", ["latin-1", "cp1251", "shift-jis", "utf-16-le"])
def test_text_encoding_named(tmp_path, encoding):
    text = {"latin-1": "café", "cp1251": "лиса", "shift-jis": "東京", "utf-16-le": "café"}[encoding]
    assert read(tmp_path, text.encode(encoding), encoding=encoding)[1] == [text]


# --------------------------------------------------------------------------------------------------------------- csv


def test_csv_by_hand(tmp_path):
    name, lines, labels, notes = read(
        tmp_path, 'id,text,label\n1,"a, b",x\n2,"c ""d""\ne",y\n\n3,f,\n', "a.csv", label_column="label"
    )
    assert name == "csv"
    assert lines == ["a, b", 'c "d" e', "f"]
    assert labels == ["x", "y", ""]
    assert notes.said == ["Column “text” of a.csv was taken for the text; name another if it is not."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiters(tmp_path, delimiter):
    rows = [["id", "text"], ["1", "one two"], ["2", "three four"]]
    content = "\n".join(delimiter.join(row) for row in rows)
    assert read(tmp_path, content, "a.csv")[1] == ["one two", "three four"]


def test_csv_semicolons_beat_the_commas_in_the_text(tmp_path):
    assert read(tmp_path, "id;text\n1;a, b, c\n2;d\n", "a.csv")[1] == ["a, b, c", "d"]


def test_csv_sep_line_is_no_row(tmp_path):
    assert read(tmp_path, "sep=|\nid|text\n1|a b\n", "a.csv")[1] == ["a b"]


def test_tsv_quotes_are_plain_where_cells_are_not_quoted(tmp_path):
    assert read(tmp_path, 'id\ttext\n1\talpha "beta\n2\t"gamma\n', "a.tsv")[1] == ['alpha "beta', '"gamma']
    assert read(tmp_path, 'id\ttext\n1\t"alpha\tbeta"\n'.replace("\tbeta", " beta"), "a.tsv")[1] == ["alpha beta"]


def test_csv_without_header(tmp_path):
    _, lines, _, _ = read(tmp_path, "1,one two\n2,three\n", "a.csv", header=False)
    assert lines == ["one two", "three"]
    assert read(tmp_path, "1,one two\n2,three\n", "a.csv", header=False, column="column 1")[1] == ["1", "2"]
    assert read(tmp_path, "1,one two\n2,three\n", "a.csv", header=False, column="2")[1] == ["one two", "three"]


def test_csv_header_names_are_trimmed_and_case_does_not_matter(tmp_path):
    assert read(tmp_path, " Text , id\na b,1\n", "a.csv", column="text")[1] == ["a b"]


def test_csv_ragged_rows_are_counted(tmp_path):
    content = "id,text,note\n1,alpha,x\n2\n3,beta,x,y\n4,gamma\n"
    _, lines, _, notes = read(tmp_path, content, "a.csv", column="text")
    assert lines == ["alpha", "", "beta", "gamma"]
    assert notes.skipped == 1
    assert notes.sentences("row") == [
        "1 row skipped: too few cells (row 3).",
        "2 rows with more or fewer cells than the header (rows 4, 5).",
    ]


def test_csv_text_with_unquoted_commas_in_the_last_column_is_kept(tmp_path):
    _, lines, _, notes = read(tmp_path, "id,text\n1,alpha, beta\n2,gamma\n3,delta\n", "a.csv", column="text")
    assert lines == ["alpha, beta", "gamma", "delta"]
    assert "not quoted" in notes.sentences("row")[-1]
    assert read(tmp_path, "text\nalpha, beta\ngamma\n", "a.csv")[1] == ["alpha, beta", "gamma"]


def test_csv_cells_are_words_not_values(tmp_path):
    assert read(tmp_path, "id,text\n1,NA\n2,007\n3,\n4,nan\n", "a.csv", column="text")[1] == ["NA", "007", "", "nan"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("id,body\n1,alpha beta\n", "no column called “text”; there are: “id”, “body”"),
        ('id,text\n1,"alpha\n2,beta\n', "line 2: a quote"),
        ('id,text\n1,alpha\n2,"', "line 3: a quote"),
    ],
)
def test_csv_refusals(tmp_path, content, part):
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, content, "a.csv", column="text")
    assert part in str(caught.value)


def test_csv_numbers_alone_have_no_text(tmp_path):
    with pytest.raises(CorpusError, match="No column"):
        read(tmp_path, "a,b\n1,2\n3,4\n", "a.csv")


def test_csv_guesses_the_text_not_the_address(tmp_path):
    address = "https://example.org/" + "x" * 40
    content = "link,title\n" + "".join(f"{address}{i},a short title here\n" for i in range(5))
    assert set(read(tmp_path, content, "a.csv")[1]) == {"a short title here"}


# ------------------------------------------------------------------------------------------------------------- jsonl


def lines_of(*values):
    return "".join(json.dumps(value) + "\n" for value in values)


def test_jsonl_by_hand(tmp_path):
    content = lines_of({"text": "a b", "label": "x"}, {"text": "c\nd", "label": 3}, {"text": "e"})
    name, lines, labels, _ = read(tmp_path, content, "a.jsonl", label_column="label")
    assert name == "jsonl"
    assert lines == ["a b", "c d", "e"]
    assert labels == ["x", "3", ""]


def test_jsonl_texts_of_their_own(tmp_path):
    assert read(tmp_path, '["one two", "three"]', "a.json")[1] == ["one two", "three"]
    assert read(tmp_path, '"one two"\n"three"\n', "a.jsonl")[1] == ["one two", "three"]


def test_jsonl_lines_that_give_nothing_are_counted_and_keep_their_place(tmp_path):
    content = lines_of({"text": "a"}, {"text": None}, {"text": 5}, {"text": ["b", "c"]}, "str", [1]) + "broken\n\n"
    _, lines, _, notes = read(tmp_path, content, "a.jsonl", column="text")
    assert lines == ["a", "", "", "b c", "", "", "", ""]
    assert notes.skipped == 5
    assert notes.sentences() == [
        "2 lines skipped: no text in the field “text” (lines 2, 3).",
        "2 lines skipped: neither an object nor a text of its own (lines 5, 6).",
        "1 line skipped: not valid JSON (line 7).",
    ]


def test_jsonl_half_a_surrogate_pair(tmp_path):
    assert read(tmp_path, '{"text": "a \\ud83d b \\ud83d\\ude00"}\n', "a.jsonl")[1] == ["a \ufffd b 😀"]


@pytest.mark.parametrize("broken", ["[" * 100_000, '{"n": ' + "9" * 20_000 + ', "text": "x"}', '{"text": "x"'])
def test_jsonl_a_broken_line_is_no_more_than_that(tmp_path, broken):
    content = f'{{"text": "a"}}\n{broken}\n{{"text": "b"}}\n'
    _, lines, _, notes = read(tmp_path, content, "a.jsonl", column="text")
    assert lines == ["a", "", "b"]
    assert notes.skipped == 1


def test_jsonl_several_objects_on_a_line(tmp_path):
    _, lines, _, notes = read(tmp_path, '{"text": "a"}{"text": "b"}\n{"text": "c"}\n', "a.jsonl")
    assert lines == ["a b", "c"]
    assert notes.sentences() == ["1 line with several objects, joined into one document (line 1)."]


def test_json_array_in_small_pieces(tmp_path, monkeypatch):
    entries = [{"text": f"w{i} " + "x" * (i % 50), "deep": {"a": [1, [2]]}} for i in range(300)]
    expected = [entry["text"] for entry in entries]
    for indent in (None, 2):
        content = json.dumps(entries, indent=indent)
        assert read(tmp_path, content, "a.json", column="text")[1] == expected
        monkeypatch.setattr("core.data.source.BLOCK", 64)
        assert read(tmp_path, content, "a.json", column="text")[1] == expected
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("{broken\nmore\n", "No line of a.jsonl is valid JSON"),
        ('[{"text": "a"}, {"text": ', "after 1 entries"),
        (lines_of({"body": "x"}), "no field called “text”; there are: “body”"),
    ],
)
def test_jsonl_refusals(tmp_path, content, part):
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, content, "a.jsonl", column="text")
    assert part in str(caught.value)


def test_jsonl_guesses_the_field_of_a_very_long_first_line(tmp_path):
    content = json.dumps({"id": "a1", "body": "alpha beta " * 60_000})
    assert read(tmp_path, content, "a.jsonl")[1][0].startswith("alpha beta")
