"""Hostile and odd files: each is read or refused as the manifest says, in its time and its memory.

Where the manifest allows two outcomes, this table holds the one that was chosen, so that a change is a decision.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.data.build import build_corpus
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.errors import CorpusError

TORTURE = Path(__file__).resolve().parents[4] / "shared" / "torture"
ROOT = Path(__file__).resolve().parents[3]

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
    "bin_zip_as.txt": ("accept", "content decides, not the ending"),
    "bin_pdf_as.txt": ("accept", "as above: its text is read, not its bytes"),
    "csv_unclosed_quote.csv": ("reject", "the line of the quote stands in the message"),
    "csv_10k_columns.csv": ("accept", "200 of them are kept beside the text"),
    "csv_no_text_column.csv": ("reject", "unless a column is named"),
    "csv_nul_byte.csv": ("accept", "NUL is a blank"),
    "jsonl_huge_int.jsonl": ("accept", "the line is passed over and counted"),
    "jsonl_two_objects_per_line.jsonl": ("accept", "all three, those on one line as one document"),
    "jsonl_array_file.jsonl": ("accept", "an array is read"),
    "pq_bomb_gzip_page.parquet": ("reject", "the claimed size of a cell is checked before it is unpacked"),
    "pq_wrong_column.parquet": ("reject", "the columns there are stand in the message"),
    "docx_xxe_http.docx": ("reject", "no word processor writes a DOCTYPE"),
    "zip_prefix_bytes.zip": ("accept", "an archive that unpacks itself is one"),
    "zip_same_name_twice.zip": ("accept", "both are read"),
    "zip_gz_inside.zip": ("accept", "the archive inside is passed over and named"),
    "zip_slip_deep.zip": ("accept", "members are streams; their names are only shown"),
    "zip_slip_backslash.zip": ("accept", "as above"),
    "zip_slip_drive.zip": ("accept", "as above"),
    "zip_symlink.zip": ("reject", "a link is never followed, and its own few letters are no text"),
    "gz_trailing_garbage.txt.gz": ("accept", "what follows the archive is left out with a warning"),
    "gz_no_inner_ext.gz": ("accept", "content decides"),
}
# One of each kind, for the quick run.
QUICK = {"csv_semicolon.csv", "gz_truncated.txt.gz", "pdf_no_text.pdf", "zip_some_unsupported.zip"}
# A process like the one that a command or a page is; its peak and that of the child that reads are measured together.
READ = """
import json, sys
from pathlib import Path
from core.data.ingest import ingest
from core.data.options import CorpusOptions
from core.errors import SemascopeError
from core.params import validate
path, corpora, options, name = sys.argv[1:]
try:
    options = validate(CorpusOptions, json.loads(options))
    print(json.dumps(["accept", ingest(Path(path), Path(corpora), options, name or None)]))
except SemascopeError as error:
    print(json.dumps(["reject", str(error)]))
"""


def _manifest():
    path = TORTURE / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {"cases": []}


def _cases():
    cases = [case for case in _manifest()["cases"] if case["kind"] == "corpus"]
    return [
        pytest.param(case, id=case["name"], marks=() if case["name"] in QUICK else pytest.mark.slow) for case in cases
    ] or [pytest.param(None, id="none")]


def _read(path, corpora, options, name="", seconds=30):
    """The outcome, what was said or the corpus's id, and the peak of memory of the larger process in bytes."""
    command = [sys.executable, "-c", READ, str(path), str(corpora), json.dumps(options), name]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    late = threading.Timer(seconds, os.killpg, [child.pid, signal.SIGKILL])
    late.start()
    with child.stdout as stdout:
        answer = stdout.read()
    # Tells of the child and of those that it waited for.
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    late.cancel()
    assert child.returncode != -signal.SIGKILL, f"took longer than {seconds} seconds"
    outcome, said = json.loads(answer)
    return outcome, said, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The peak of memory for a file of two words."""
    folder = tmp_path_factory.mktemp("usual")
    (folder / "a.txt").write_text("alpha beta\n")
    return _read(folder / "a.txt", folder / "corpora", {})[2]


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is told by POSIX systems")
@pytest.mark.timeout(200)
@pytest.mark.parametrize("case", _cases())
def test_torture(case, tmp_path, usual):
    if case is None:
        pytest.skip("../shared/torture is not there")
    limits = {**_manifest()["limits"], **case.get("limits", {})}
    options = dict(case.get("options", {}))
    cut_off = options.pop("min_count", 1)
    if "text_column" in options:
        options["column"] = options.pop("text_column")
    outcome, said, peak = _read(
        TORTURE / "files" / case["name"], tmp_path, options, case.get("upload_as", ""), limits["seconds"]
    )
    assert peak - usual < limits["extra_rss_mb"] * 10**6
    assert not Path(case.get("canary", "/nowhere")).exists()
    assert not Path(_manifest()["canary_dir"]).exists()
    corpus = Corpus.open(tmp_path / said) if outcome == "accept" else None
    if corpus is not None and cut_off > corpus.counts[:2].min():
        # Such a cut-off refuses the run, not the corpus.
        with pytest.raises(CorpusError) as caught:
            corpus.size(cut_off)
        outcome, said = "reject", str(caught.value)
    assert outcome == (CHOSEN[case["name"]][0] if "also_ok" in case else case["expect"]), said
    if outcome == "reject":
        _check_message(said, case)
    else:
        _check_words(corpus, case.get("must", {}), cut_off)
    assert [folder.name for folder in tmp_path.iterdir()] == ([corpus.id] if corpus is not None else [])


def _check_message(said, case):
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    assert any(word in said.lower() for word in case.get("error_any", ["encoding"])), said


def _check_words(corpus, must, cut_off):
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


@pytest.mark.parametrize(
    ("name", "encoding", "word"),
    [
        ("enc_latin1.txt", "latin-1", "café"),
        ("enc_cp1251_cyrillic.txt", "cp1251", "лиса"),
        ("enc_shift_jis.txt", "shift-jis", "東京"),
        ("csv_latin1.csv", "latin-1", "café"),
        ("enc_utf16le_no_bom.txt", "utf-16-le", "café"),
    ],
)
def test_what_was_refused_for_its_encoding_is_read_with_it(tmp_path, name, encoding, word):
    if not TORTURE.exists():
        pytest.skip("../shared/torture is not there")
    corpus = build_corpus(TORTURE / "files" / name, tmp_path / "corpus", CorpusOptions(encoding=encoding))
    assert word in " ".join(corpus.line(number) for number in range(corpus.lines)).lower()
    assert not [part for part in corpus.words if "\ufffd" in part]


def test_every_choice_is_still_a_choice():
    cases = [case for case in _manifest()["cases"] if case["kind"] == "corpus"]
    if not cases:
        pytest.skip("../shared/torture is not there")
    assert set(CHOSEN) == {case["name"] for case in cases if "also_ok" in case}
