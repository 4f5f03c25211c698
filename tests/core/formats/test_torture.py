"""Hostile and odd files of vectors: each is read or refused as the manifest says, in its time and its memory.

Where the manifest allows two outcomes, this table holds the one that was chosen, so that a change is a decision.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import FormatError
from core.formats.format import FORMATS, WARNINGS
from core.formats.recognition import read_vectors
from core.formats.spreadsheet import safe_cell
from core.neighbours import nearest
from core.runs.store import Store

TORTURE = Path(__file__).resolve().parents[4] / "shared" / "torture"
ROOT = Path(__file__).resolve().parents[3]

CHOSEN = {
    "w2v_header_count_off_by_one.txt": ("accept", "with a warning that gives both numbers"),
    "w2v_header_count_too_small.txt": ("accept", "with a warning that gives both numbers"),
    "w2v_huge_values.txt": ("reject", "their lengths leave float32"),
    "w2v_wide_20000.txt": ("accept", "20,000 dimensions are the most"),
    "w2v_header_negative_count.txt": ("reject", "nothing is guessed from a header that cannot be"),
    "w2v_nan.txt": ("reject", "a row is never dropped"),
    "w2v_inf.txt": ("reject", "as above"),
    "w2v_nan.bin": ("reject", "as above"),
    "st_nan.safetensors": ("reject", "as above"),
    "w2v_duplicate.bin": ("accept", "the first is kept, with a warning"),
    "ft_supervised.bin": ("reject", "its vectors serve its labels"),
    "st_bf16.safetensors": ("reject", "numpy has no such type; it is named"),
    "st_two_tensors.safetensors": ("accept", "the one called vectors"),
    "st_int_tensor.safetensors": ("reject", "counts are no vectors"),
    "st_words_not_list.safetensors": ("reject", "a list has an order"),
    "npz_bytes_words.npz": ("accept", "as UTF-8"),
}
# One of each kind, for the quick run by the command.
QUICK = {"w2v_plain.vec", "ft_matrix_lies.bin", "npz_evil_pickle_inside.npz", "pickle_as.model"}


def _manifest():
    path = TORTURE / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {"cases": []}


def _cases(quick=None):
    cases = [case for case in _manifest()["cases"] if case["kind"] == "vectors"]
    return [
        pytest.param(case, id=case["name"], marks=() if not quick or case["name"] in quick else pytest.mark.slow)
        for case in cases
    ] or [pytest.param(None, id="none", marks=pytest.mark.skip("../shared/torture is not there"))]


def _expected(case):
    return CHOSEN[case["name"]][0] if "also_ok" in case else case["expect"]


def _check_message(said, case):
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    # What the name of the file says does not count.
    said = said.replace(case["name"], "").lower()
    assert any(word in said for word in case.get("error_any", ["too large", "bf16"])), said


def _check_space(space, must):
    assert len(space) == must.get("n_words", len(space))
    assert space.dimensions == must.get("dim", space.dimensions)
    assert [word for word in must.get("words", ()) if word not in space] == []
    for word, vector in must.get("vector", {}).items():
        np.testing.assert_allclose(space.vectors[space.index(word)], vector, atol=1e-5)


def _check_warnings(warnings, must):
    if "warn_any" in must:
        assert any(part in " ".join(warnings).lower() for part in must["warn_any"]), warnings


@pytest.mark.parametrize("case", _cases())
def test_reading(case, tmp_path):
    try:
        space, said = read_vectors(TORTURE / "files" / case["name"], tmp_path), ""
    except FormatError as error:
        space, said = None, str(error)
    assert ("reject" if space is None else "accept") == _expected(case), said
    assert list(tmp_path.iterdir()) == []
    assert not Path(case.get("canary", "/nowhere")).exists()
    assert not Path(_manifest()["canary_dir"]).exists()
    if space is None:
        _check_message(said, case)
        return
    must = case["must"]
    _check_space(space, must)
    _check_warnings(space.metadata.get(WARNINGS, ()), must)
    if must.get("roundtrip"):
        for form in (unit() for unit in FORMATS if unit.readable and unit.writable):
            form.write(space, tmp_path / "out")
            assert read_vectors(tmp_path / "out", tmp_path).keys == space.keys
    if must.get("finite"):
        assert all(np.isfinite(one.similarity) for word in space.keys for one in nearest(space, word))
    if must.get("csv_safe"):
        assert not [word for word in space.keys if safe_cell(word).startswith(("=", "+", "-", "@", "\t", "\r"))]


def _run(path, home, seconds):
    """What the command printed on both streams, its exit code, and the peak of memory of the largest process."""
    command = [sys.executable, "-m", "core", "import", str(path), "--json", "--home", str(home)]
    child = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    late = threading.Timer(seconds, os.killpg, [child.pid, signal.SIGKILL])
    late.start()
    with child.stdout as stdout, child.stderr as stderr:
        printed, said = stdout.read(), stderr.read()
    # Tells of the child and of those that it waited for.
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    late.cancel()
    assert child.returncode != -signal.SIGKILL, f"took longer than {seconds} seconds"
    return printed, said, child.returncode, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The peak of memory for a file of two words."""
    folder = tmp_path_factory.mktemp("usual")
    (folder / "a.txt").write_text("a 1 2\nb 3 4\n")
    return _run(folder / "a.txt", folder / "home", 60)[3]


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is told by POSIX systems")
@pytest.mark.parametrize("case", _cases(QUICK))
def test_the_command(case, tmp_path, usual):
    limits = {**_manifest()["limits"], **case.get("limits", {})}
    path = TORTURE / "files" / case["name"]
    printed, said, code, peak = _run(path, tmp_path / "home", limits["seconds"])
    assert peak - usual < limits["extra_rss_mb"] * 10**6
    assert not Path(case.get("canary", "/nowhere")).exists()
    assert not Path(_manifest()["canary_dir"]).exists()
    assert ("reject" if code else "accept") == _expected(case), said
    store = Store(tmp_path / "home")
    runs = [run.id for run in store.runs()]
    if code:
        assert printed == ""
        assert runs == []
        _check_message(said.strip().removeprefix("semascope: "), case)
    else:
        taken = json.loads(printed)
        assert set(taken) == {"run", "items", "dimensions", "warnings"}
        assert runs == [taken["run"]]
        space = store.space(taken["run"])
        assert (taken["items"], taken["dimensions"]) == (len(space), space.dimensions)
        _check_space(space, case["must"])
        _check_warnings(taken["warnings"], case["must"])
    assert sorted(one.name for one in (store.workspace() / "runs").iterdir()) == runs


def test_every_choice_is_still_a_choice():
    cases = [case for case in _manifest()["cases"] if case["kind"] == "vectors"]
    if not cases:
        pytest.skip("../shared/torture is not there")
    assert set(CHOSEN) == {case["name"] for case in cases if "also_ok" in case}
