"""The command line as a script sees it: JSON on stdout, one sentence on stderr, exit codes."""

import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from core.__main__ import main
from core.data.options import CorpusOptions
from core.formats.format import FORMATS
from core.runs.store import Store

README = Path(__file__).parents[3] / "README.md"


def run(capsys, *arguments):
    """Exit code, what came on stdout, what came on stderr."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def value(capsys, *arguments):
    """The JSON value of a command that must succeed."""
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out.splitlines()[-1])


def refused(capsys, *arguments):
    """The one sentence of a command that must fail."""
    code, out, err = run(capsys, *arguments)
    assert code == 1
    assert "Traceback" not in err
    sentence = err.strip().splitlines()[-1]
    assert sentence.startswith("semascope: ")
    assert json.loads(out) if out.startswith("{") else True
    return sentence


def documented():
    """The keys that the README promises, by command."""
    promised = {}
    for names, keys in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|$", README.read_text("utf-8"), re.MULTILINE):
        for name, part in zip(re.findall(r"`(\w+)`", names), keys.split(";") * 9, strict=False):
            found = re.search(r"`([a-z_ ]+)`", part)
            if found:
                promised[name] = set(found[1].split())
    return promised


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def trained(home):
    """A run on the planted world and what `train --json` printed, made once."""
    import contextlib
    import io

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        arguments = ["train", "planted_world", "--preset", "quick", "--set", "epochs=3", "--seed", "7"]
        code = main([*arguments, "--name", "A first run", "--watch", "king", "--home", str(home), "--json"])
    assert code == 0, err.getvalue()
    # On a machine that has trained it before, nothing is to be compiled.
    assert re.search(r"^about 1 s(, once \d+ s to compile,)? and \d+ MB, by its size$", err.getvalue(), re.MULTILINE)
    return json.loads(out.getvalue())


def test_every_documented_key_is_printed_and_no_other(capsys, home, trained, tmp_path):
    promised = documented()
    there = ["--home", home]
    run_id = trained["run"]
    text = tmp_path / "notes.txt"
    text.write_text("".join(f"a word beside word{n}\n" for n in range(30)), "utf-8")
    printed = {
        "architectures": value(capsys, "architectures")[0],
        "samples": value(capsys, "samples")[0],
        "inspect": value(capsys, "inspect", text, *there),
        "split": value(capsys, "split", text, "--out", tmp_path / "parts.csv", *there),
        "train": trained,
        "runs": value(capsys, "runs", *there)[0],
        "neighbours": value(capsys, "neighbours", run_id, "king", *there)[0],
        "similarity": value(capsys, "similarity", run_id, "king", "queen", *there),
        "analogy": value(capsys, "analogy", run_id, "king", "man", "woman", *there)[0],
        "evidence": value(capsys, "evidence", run_id, "the", "king", *there),
        "map": value(capsys, "map", run_id, "--method", "pca", "--words", 200, "--out", tmp_path / "m.png", *there),
        "export": value(capsys, "export", run_id, "--format", "run", "--out", tmp_path / "run.zip", *there),
        "import": value(capsys, "import", tmp_path / "run.zip", "--home", tmp_path / "other"),
        "stop": value(capsys, "stop", run_id, *there),
    }
    copy = printed["import"]["run"]
    printed["delete"] = value(capsys, "delete", copy, "--home", tmp_path / "other")
    for name, keys in printed.items():
        assert set(keys) == promised[name], name
    assert set(trained["seconds"]) == {"read", "train", "total"}
    assert set(printed["evidence"]["lines"][0]) == {"line", "text", "spans"}


def test_train_prints_what_it_trained(capsys, home, trained):
    assert trained["state"] == "finished"
    assert trained["tokens"] == value(capsys, "inspect", "planted_world", "--home", home)["tokens"]
    assert 0 < trained["loss"] < 6 * 0.7
    assert 0 < trained["held_out_loss"] < 6 * 0.7
    listed = value(capsys, "runs", "--home", home)
    mine = next(row for row in listed if row["run"] == trained["run"])
    assert (mine["name"], mine["state"], mine["architecture"]) == ("A first run", "finished", "skipgram")
    assert mine["loss"] == trained["loss"]


def test_text_output_says_the_same(capsys, home, trained):
    run_id = trained["run"]
    code, out, _ = run(capsys, "similarity", run_id, "king", "queen", "--home", home)
    assert code == 0
    exact = value(capsys, "similarity", run_id, "king", "queen", "--home", home)["similarity"]
    assert float(out) == pytest.approx(exact, abs=5e-5)
    _, out, _ = run(capsys, "neighbours", run_id, "king", "-k", 3, "--home", home)
    rows = value(capsys, "neighbours", run_id, "king", "-k", 3, "--home", home)
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [[str(row["rank"]), row["word"]] for row in rows]
    _, out, _ = run(capsys, "runs", "--home", home)
    assert run_id in out
    for command in ("architectures", "samples"):
        _, out, _ = run(capsys, command)
        first = [line.split()[0] for line in out.splitlines()]
        assert first[-len(value(capsys, command)) :] == [row["name"] for row in value(capsys, command)]
    code, out, _ = run(capsys, "bias", run_id, "--home", home)
    assert code == 0
    assert "weat" in out


def test_inspect_names_the_corpus_that_reading_makes(capsys, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("a,b\nthe nurse wrote,the nurse read\n" * 3, "utf-8")
    home = tmp_path / "home"
    code, out, _ = run(capsys, "inspect", text, "--format", "csv", "--column", "b", "--home", home)
    assert code == 0
    options = CorpusOptions(format="csv", column="b")
    assert out.splitlines()[0] == f"id: {Store(home).add_corpus(text, options)}"


def test_an_empty_name_is_not_the_folder_one_is_in(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "private.txt").write_text("the nurse wrote\n" * 3, "utf-8")
    code, _, said = run(capsys, "inspect", "", "--home", tmp_path / "home")
    assert code == 1
    assert "is empty" in said


def test_inspect_shows_what_each_step_does(capsys, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("The Nurse wrote to www.example.org\n" * 3, "utf-8")
    asked = ["inspect", text, "urls to=", "stop_words", "--preview", "--home", tmp_path / "home"]
    code, out, _ = run(capsys, *asked)
    assert code == 0
    shown = out.split("--- ")[1:5]
    assert [part.splitlines()[0].split(" (")[0] for part in shown] == [
        "As read",
        "Web addresses",
        "Words",
        "Stop words",
    ]
    assert [part.splitlines()[1].split(maxsplit=1)[1].rstrip() for part in shown] == [
        "The Nurse wrote to www.example.org",
        "The Nurse wrote to",
        "the nurse wrote to",
        "nurse wrote",
    ]
    assert value(capsys, *asked)["tokens"] == 6


def test_a_split_is_a_table(capsys, tmp_path):
    text = tmp_path / "notes.csv"
    text.write_text("note,kind\n" + "".join(f"note number{n} =1+1,{n % 2}\n" for n in range(40)), "utf-8")
    out = tmp_path / "parts.csv"
    asked = ["split", text, "--column", "note", "--label-column", "kind", "--set", "test=0.25", "--out", out]
    printed = value(capsys, *asked, "--home", tmp_path / "home")
    assert printed["documents"] == {"training": 26, "validation": 4, "test": 10}
    assert {name: sum(parts.values()) for name, parts in printed["by_label"].items()} == {"0": 20, "1": 20}
    rows = out.read_text("utf-8-sig").splitlines()
    assert rows[0] == "line,file,row,label,part"
    assert len(rows) == 41
    assert sum(row.endswith(",test") for row in rows) == 10
    code, told, _ = run(capsys, *asked, "--home", tmp_path / "home")
    assert code == 0
    assert told.splitlines()[1].split() == ["all", "26", "4", "10"]


def test_exports_are_read_back(capsys, home, trained, tmp_path):
    space = Store(home).space(trained["run"])
    for unit in FORMATS:
        if not (unit.readable and unit.writable):
            continue
        file = tmp_path / f"{unit.name}{unit.endings[0]}"
        value(capsys, "export", trained["run"], "--format", unit.name, "--out", file, "--home", home)
        taken = value(capsys, "import", file, "--home", tmp_path / "other", "--name", unit.name)
        again = Store(tmp_path / "other").space(taken["run"])
        assert again.keys == space.keys
        np.testing.assert_array_equal(again.vectors, space.vectors)
        assert taken["warnings"] == []
        there = ["--home", tmp_path / "other"]
        near = value(capsys, "neighbours", taken["run"], "king", *there)
        assert near[0]["word"] == value(capsys, "neighbours", trained["run"], "king", "--home", home)[0]["word"]
    for suffix in ("html", "parquet"):
        value(capsys, "map", trained["run"], "--method", "pca", "--out", tmp_path / f"m.{suffix}", "--home", home)
        assert (tmp_path / f"m.{suffix}").stat().st_size > 1000
    value(capsys, "export", trained["run"], "--format", "projector", "--out", tmp_path / "p.zip", "--home", home)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["neighbours", "RUN", "kingg"], "nearest spellings: king"),
        (["similarity", "RUN", "king", "zzzz"], "“zzzz” is not in the vocabulary"),
        (["neighbours", "no-such-run", "king"], "no run"),
        (["neighbours", "../../etc", "king"], "run"),
        (["neighbours", "RUN", "king", "-k", "0"], "from 1 to"),
        (["map", "RUN", "--out", "map.gif"], ".html, .png or .parquet"),
        (["map", "RUN", "--method", "umpa", "--out", "m.png"], "did you mean umap"),
        (["export", "RUN", "--format", "word2vek", "--out", "x"], "did you mean word2vec"),
        (["export", "RUN", "--format", "fasttext", "--out", "x"], "can be read, not written"),
        (["train", "planted_world", "--set", "learning_rate=-1"], "learning_rate must be a number from"),
        (["train", "planted_world", "--set", "learning_rate=nan"], "learning_rate must be a number from"),
        (["train", "planted_world", "--set", "learning_rate=1000"], "learning_rate must be a number from"),
        (["train", "planted_world", "--set", "epoch=3"], "“epoch” is not a setting of"),
        (["train", "planted_world", "--architecture", "skipgrams"], "did you mean skipgram"),
        (["train", "planted_world", "--preset", "slow"], "preset must be one of"),
        (["train", "planted_world", "--min-count", "1000000"], "min_count"),
        (["train", "planted-world"], "did you mean planted_world"),
        (["train"], "either a corpus or --resume"),
        (["train", "--resume", "no-such-run"], "no run"),
        (["import", "no-such-file.vec"], "There is no file"),
        (["import", __file__], "line 1 is neither a header"),
        (["import", __file__, "--format", "glov"], "did you mean glove"),
        (["inspect", "planted_world", "no_such_step"], "no cleaning step called"),
    ],
)
def test_bad_input_is_one_sentence(capsys, home, trained, arguments, says):
    arguments = [trained["run"] if one == "RUN" else one for one in arguments]
    assert says in refused(capsys, *arguments, "--home", home)


@pytest.mark.parametrize(
    ("name", "content", "options", "says"),
    [
        ("empty.txt", "", [], "empty"),
        ("blank.txt", " \n \n", [], "no text with words"),
        ("one.txt", "word\n", [], "too small"),
        ("rare.txt", "every word stands here once\n", ["--min-count", "5"], "min_count"),
        ("table.csv", "title,body\n" + "a,some words of text\n" * 3, ["--column", "text"], "There is no column"),
        ("same.txt", "word word\n" * 9, [], "different words"),
        ("line.txt", "a few words in one line\n", ["--architecture", "tfidf"], "this text is only one"),
        ("latin.txt", "caf\xe9 cr\xe8me\n".encode("latin-1") * 20, [], "--encoding"),
    ],
)
def test_bad_texts_are_one_sentence(capsys, tmp_path, name, content, options, says):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    home = tmp_path / "home"
    assert says in refused(capsys, "train", path, *options, "--home", home)
    assert Store(home).runs() == []


def test_wrong_usage_is_code_2(capsys):
    for arguments in (["neighbours"], ["no-such-command"], ["similarity", "run", "king"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        capsys.readouterr()


def test_a_rate_of_8_fails_with_advice(capsys, tmp_path):
    code, out, _ = run(
        capsys, "train", "planted_world", "--set", "learning_rate=8", "--set", "epochs=3", "--home", tmp_path, "--json"
    )
    assert code == 1
    printed = json.loads(out)
    assert printed["state"] == "failed"
    assert re.search(r"step|block", printed["reason"])
    assert re.search(r"try|lower", printed["reason"])


def test_a_deleted_run_comes_back(capsys, home, trained):
    run_id = trained["run"]
    assert value(capsys, "delete", run_id, "--home", home) == {"run": run_id, "deleted": True}
    assert "was deleted on" in refused(capsys, "similarity", run_id, "king", "queen", "--home", home)
    assert value(capsys, "delete", run_id, "--undo", "--home", home) == {"run": run_id, "deleted": False}
    assert value(capsys, "similarity", run_id, "king", "queen", "--home", home)["similarity"] <= 1


def test_a_finished_run_is_not_trained_again(capsys, home, trained):
    again = value(capsys, "train", "--resume", trained["run"], "--home", home)
    assert again == trained


def test_a_sheet_of_a_workbook_is_named(capsys, tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["first words here"])
    made.create_sheet("Two").append(["second words there"])
    made.save(tmp_path / "a.xlsx")
    options = ["--no-header", "--home", tmp_path / "home"]
    assert "first" in value(capsys, "inspect", tmp_path / "a.xlsx", *options)["words"]
    assert "second" in value(capsys, "inspect", tmp_path / "a.xlsx", "--sheet", "two", *options)["words"]
    assert "no sheet called “3”" in refused(capsys, "inspect", tmp_path / "a.xlsx", "--sheet", "3", *options)


def test_a_run_begins_from_another_and_what_does_nothing_is_noted(capsys, home, trained):
    settings = ["--set", "epochs=1", "--set", "frozen=always", "--set", "noise=uniform", "--set", "noise_exponent=0.5"]
    settings += ["--watch", "king", "--watch", "kingg"]
    there = ["--home", home, "--json"]
    code, out, err = run(capsys, "train", "planted_world", *settings, "--begin-from", trained["run"], *there)
    assert code == 0, err
    assert re.search(
        r"^note: noise_exponent is without effect: it counts with noise unigram or hard.* only\.$", err, re.M
    )
    assert err.count("without effect") == 1
    assert "note: “kingg” is not in the vocabulary and cannot be followed." in err
    assert "“king”" not in err
    # Those were trained with seed 7, which held out other lines.
    read = "note: The vectors to begin from have learned from lines that are held out here: losses and scores on them"
    assert read in err
    again = json.loads(out)["run"]
    store = Store(home)
    before, after = store.space(trained["run"]), store.space(again)
    assert store.run(again).spec.settings.begin_sha256 == store.run(trained["run"]).result.vectors_sha256
    rows = [after.index(word) for word in before.keys]
    assert after.vectors[rows].tobytes() == before.vectors.tobytes()
    _, _, err = run(capsys, "train", "planted_world", *settings, "--seed", 7, "--begin-from", trained["run"], *there)
    assert read not in err


def test_an_optimiser_has_its_own_rate_unless_one_is_set(capsys, home):
    there = ["--preset", "quick", "--set", "epochs=1", "--home", home, "--json"]
    for chosen, rate in ((["optimiser=adam"], 0.003), (["optimiser=adagrad", "learning_rate=0.2"], 0.2)):
        code, out, err = run(capsys, "train", "planted_world", *(f"--set={one}" for one in chosen), *there)
        assert code == 0, err
        assert Store(home).run(json.loads(out)["run"]).spec.params.learning_rate == rate


def test_what_does_nothing_is_said_and_the_training_goes_on(capsys, home):
    there = ["--threads", 2, "--seed", 3, "--home", home, "--json"]
    code, out, err = run(capsys, "train", "planted_world", "--architecture", "one_hot", *there)
    assert code == 0, err
    assert "note: 2 threads asked, 1 used: more do nothing for One-hot" in err
    assert "note: One-hot" in err
    assert "learns the same whatever the seed; --seed only chooses the lines that are held out." in err
    assert json.loads(out)["state"] == "finished"


def test_a_run_that_ends_early_says_so(capsys, home, trained):
    code, out, err = run(
        capsys, "train", "planted_world", "--preset", "quick", "--set", "learning_rate=0.1", "--set", "epochs=60",
        "--set", "schedule=constant", "--set", "early_stopping=1", "--home", home,
    )  # fmt: skip
    assert code == 0, err
    assert re.search(r"^It ended early, after epoch \d+: the held-out loss has not", err, re.MULTILINE)
    assert re.search(r"^finished: [\d,]+ words, loss ", err, re.MULTILINE)
    assert out.strip() in {row["run"] for row in value(capsys, "runs", "--home", home)}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--begin-from", "20200101-000000-abcdef"], "is not in the store; undo its deletion, or choose"),
        (["--begin-from", "RUN", "--architecture", "lsa"], "LSA cannot begin from vectors"),
        (["--begin-from", "RUN", "--set", "dimensions=7"], "and dimensions is 7; set dimensions to"),
        (["--set", "early_stopping=2", "--held-out", "0"], "set held_out to 0.01 or early_stopping to 0."),
    ],
    ids=["gone", "takes none", "other dimensions", "nothing held out"],
)
def test_what_cannot_begin_or_end_so_is_one_sentence(capsys, home, trained, arguments, says):
    arguments = [trained["run"] if one == "RUN" else one for one in arguments]
    assert says in refused(capsys, "train", "planted_world", *arguments, "--home", home)
