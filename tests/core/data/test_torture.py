"""Hostile and odd files: each is read or refused as the manifest says, in a process with limits.

Where the manifest allows two outcomes, this table holds the one that was chosen, so that a change is a decision.
"""

import json
from pathlib import Path

import pytest

from core.data.corpus import Corpus
from core.data.ingest import ingest
from core.data.options import CorpusOptions
from core.errors import SemascopeError
from core.params import validate

TORTURE = Path(__file__).resolve().parents[4] / "shared" / "torture"
# What is not read yet (archives, PDF, Word …) is refused; only its refusal is looked at here.
READ = {"txt", "csv", "tsv", "jsonl"}
REFUSED = {"exe", "tar.gz"}

CHOSEN = {
    "txt_one_type_repeated.txt": ("accept", "read with a warning; training on it is refused with the same sentence"),
    "enc_utf16le_no_bom.txt": ("reject", "the guess (utf-16-le) stands in the message"),
    "enc_utf32_bom.txt": ("accept", "its mark says what it is"),
    "enc_latin1.txt": ("reject", "never mojibake in silence: the guess stands in the message, --encoding reads it"),
    "enc_cp1251_cyrillic.txt": ("reject", "as Latin-1"),
    "enc_shift_jis.txt": ("reject", "as Latin-1"),
    "csv_latin1.csv": ("reject", "as Latin-1"),
    "enc_nul_bytes.txt": ("accept", "NUL is a blank"),
    "uni_zwnj_persian.txt": ("accept", "with the non-joiner: it is part of the spelling"),
    "uni_case_special.txt": ("accept", "lower case, not case folding: straße stays"),
    "uni_no_spaces.txt": ("accept", "with a warning"),
    "bin_zip_as.txt": ("reject", "archives are not read yet"),
    "bin_pdf_as.txt": ("reject", "PDF is not read yet"),
    "csv_unclosed_quote.csv": ("reject", "the line of the quote stands in the message"),
    "csv_10k_columns.csv": ("accept", ""),
    "csv_no_text_column.csv": ("reject", "unless a column is named"),
    "csv_nul_byte.csv": ("accept", "NUL is a blank"),
    "jsonl_huge_int.jsonl": ("accept", "the line is passed over and counted"),
    "jsonl_two_objects_per_line.jsonl": ("accept", "all three, those on one line as one document"),
    "jsonl_array_file.jsonl": ("accept", "an array is read"),
}
# Words cut at white space come with a later tokeniser; these files are read with the one there is.
WHITESPACE_ONLY = {"inj_html_words.txt", "inj_markdown_words.txt", "inj_separators_in_words.txt"}


def _cases():
    if not (TORTURE / "manifest.json").exists():
        return [None]
    manifest = json.loads((TORTURE / "manifest.json").read_text("utf-8"))
    return [case for case in manifest["cases"] if case["kind"] == "corpus" and case["format"] in READ | REFUSED]


def _outcome(case, tmp_path):
    options = dict(case.get("options", {}))
    cut_off = options.pop("min_count", 1)
    tokenizer = options.pop("tokenizer", "default")
    assert tokenizer == "default" or case["name"] in WHITESPACE_ONLY
    if "text_column" in options:
        options["column"] = options.pop("text_column")
    try:
        path = TORTURE / "files" / case["name"]
        corpus = Corpus.open(tmp_path / ingest(path, tmp_path, validate(CorpusOptions, options), case.get("upload_as")))
        if cut_off > 1:
            corpus.size(cut_off)
    except SemascopeError as error:
        return "reject", str(error)
    return "accept", corpus


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["name"] if case else "none")
def test_torture(case, tmp_path):
    if case is None:
        pytest.skip("../shared/torture is not there")
    outcome, result = _outcome(case, tmp_path)
    if "also_ok" in case:
        assert outcome == CHOSEN[case["name"]][0]
    else:
        assert outcome == case["expect"], result
    if outcome == "reject":
        assert len(result.splitlines()) == 1
        assert "Traceback" not in result
        if case["expect"] == "reject":
            assert any(word in result.lower() for word in case["error_any"]), result
        # A cut-off that leaves nothing refuses the run, not the corpus.
        assert case.get("options", {}).get("min_count", 1) > 1 or list(tmp_path.iterdir()) == []
        return
    assert [folder.name for folder in tmp_path.iterdir()] == [result.id]
    if case["expect"] == "accept":
        _check(result, case.get("must", {}), case.get("options", {}).get("min_count", 1))


def _check(corpus, must, cut_off):
    vocabulary = corpus.size(cut_off).vocabulary if corpus.types > 1 else 1
    counts = dict(zip(corpus.words[:vocabulary], corpus.counts[:vocabulary].tolist(), strict=True))
    assert [word for word in must.get("words", []) if word not in counts] == []
    assert [word for word in must.get("not_words", []) if word in counts] == []
    assert {word: counts.get(word) for word in must.get("counts", {})} == must.get("counts", {})
    assert corpus.tokens_total == must.get("n_tokens", corpus.tokens_total)
    assert corpus.documents == must.get("n_docs", corpus.documents)
    assert corpus.meta["skipped"] == must.get("n_skipped", corpus.meta["skipped"])
    assert max(map(len, corpus.words)) <= must.get("max_word_len", 100)
    if "warn_any" in must:
        assert any(part in " ".join(corpus.warnings).lower() for part in must["warn_any"]), corpus.warnings


def test_every_choice_is_still_a_choice():
    cases = [case for case in _cases() if case]
    if not cases:
        pytest.skip("../shared/torture is not there")
    assert set(CHOSEN) == {case["name"] for case in cases if "also_ok" in case}
