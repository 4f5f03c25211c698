"""Studies on the command line: what is printed, what is refused, and the same ids for stop, resume and delete."""

import numpy as np
import pytest

from core.runs.store import Store
from core.runs.studies.keeping import studies
from tests.core.commands.test_command_line import documented, refused, run, value

ROW = {
    "run",
    "number",
    "state",
    "architecture",
    "differs",
    "seconds",
    "words_per_second",
    "held_out_loss",
    "loss",
    "value",
    "deviation",
    "scores",
    "note",
}


@pytest.fixture
def text(tmp_path):
    rng = np.random.default_rng(5)
    starts = rng.integers(0, 60, 300)
    lines = [" ".join(f"word{(start + step) % 60}" for step in rng.integers(0, 5, 14)) for start in starts]
    path = tmp_path / "notes.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def quick(*more):
    return ["--preset", "quick", "--held-out", "0.2", "--min-count", "1", *more]


@pytest.mark.slow
def test_seeds_from_training_to_stability_and_back_from_the_trash(capsys, home, text):
    there = ["--home", home]
    made = value(capsys, "train", text, "--seeds", 2, "--seed", 3, "--name", "Two", *quick("--set", "epochs=2"), *there)
    assert set(made) == documented()["duel"]
    assert (made["kind"], made["name"], made["state"], made["fraction"]) == ("seeds", "2 seeds · Two", "finished", 1.0)
    assert set(made["rows"][0]) == ROW
    assert [row["differs"] for row in made["rows"]] == [{"seed": 3}, {"seed": 4}]
    listed = value(capsys, "studies", *there)
    assert set(listed[0]) == documented()["studies"]
    assert (listed[0]["study"], listed[0]["runs"]) == (made["study"], 2)
    assert value(capsys, "studies", made["study"], *there) == made

    told = value(capsys, "stability", made["study"], "--words", 20, "-k", 5, *there)
    assert set(told) == documented()["stability"]
    assert len(told["words"]) == 20
    assert told["stability"] == pytest.approx(np.mean(list(told["words"].values())))
    [rank] = [score for score in told["scores"] if score["score"] == "held_out_rank"]
    assert 0 <= rank["low"] < rank["mean"] < rank["high"] <= 100
    code, out, err = run(capsys, "stability", made["study"], "--words", 20, *there)
    assert code == 0
    assert "within what the score can be; of two seeds it is so wide that it says little, train three or more" in err
    assert out.splitlines()[0].split() == ["word", "stability"]

    assert value(capsys, "stop", made["study"], *there) == {"study": made["study"], "state": "finished"}
    assert value(capsys, "train", "--resume", made["study"], *there) == made
    assert value(capsys, "delete", made["study"], *there) == {"study": made["study"], "deleted": True}
    assert value(capsys, "runs", *there) == []
    assert "was deleted on" in refused(capsys, "studies", made["study"], *there)
    assert value(capsys, "delete", made["study"], "--undo", *there) == {"study": made["study"], "deleted": False}
    assert value(capsys, "studies", made["study"], *there) == made


@pytest.mark.slow
def test_a_duel_and_a_search_print_their_table_and_their_id_last(capsys, home, text):
    there = ["--home", home]
    sides = ["--architecture", "skipgram", "--architecture", "random", "--seconds", 1]
    code, out, err = run(capsys, "duel", text, *sides, *quick("--set", "skipgram.window=3"), *there)
    assert code == 0, err
    [made] = studies(Store(home))
    assert out.splitlines()[-1] == made.id
    assert "held_out_rank" in out.splitlines()[0]
    assert made.runs[0].spec.params.window == 3
    assert "Only Skip-gram has a held-out loss, so there is nothing to compare it with" in err
    assert "do not mean the same" not in err
    asked = [
        "--over",
        "window=2..4",
        "--trials",
        2,
        *quick("--set", "epochs=1", "--set", "window=4", "--watch", "word7"),
    ]
    found = value(capsys, "search", text, *asked, *there)
    assert set(found) == documented()["search"]
    assert (found["kind"], found["state"], len(found["rows"])) == ("search", "finished", 2)
    assert found["rows"][0]["differs"] == {"window": 4}, "the first trial begins at what is set"
    assert {view.spec.settings.watched for view in studies(Store(home))[0].runs} == {("word7",)}
    assert found["best"] in [row["run"] for row in found["rows"]]
    _, out, _ = run(capsys, "studies", *there)
    assert [line.split()[1] for line in out.splitlines()[1:]] == ["search", "duel"]
    # What was chosen for its score looks better than it is; what was not chosen does not.
    lucky = "note: The best of 2 scores, all of one seed and the same lines, is partly luck; train its settings"
    assert lucky in run(capsys, "studies", found["study"], *there)[2]
    assert "luck" not in run(capsys, "studies", made.id, *there)[2]


@pytest.mark.parametrize("command", [["duel", "--architecture", "random", "--architecture", "tfidf"], ["search"]])
def test_what_cannot_decide_on_this_corpus_is_refused_before_anything_trains(capsys, home, text, command):
    asked = [command[0], text, *command[1:], "--score", "label_accuracy", "--min-count", "1", "--home", home]
    assert "Labels told cannot decide: the documents of this corpus have no labels" in refused(capsys, *asked)
    assert (Store(home).runs(), studies(Store(home))) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["duel", "TEXT", "--architecture", "cbow"], "between 2"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "cbow"], "cannot meet itself"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "gloves"], "did you mean glove"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "glove", "--seconds", "0"], "seconds must be"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "glove", "--seconds", "ten"], "seconds must be"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "glove", "--score", "x"], "no score called"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "glove", "--set", "windw=3"], "not a setting"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "lsa", "--set", "lsa.window=3"], "not a setting"),
        (["duel", "TEXT", "--architecture", "cbow", "--architecture", "lsa", "--set", "cbow.window=0"], "window must"),
        (["search", "TEXT", "--architecture", "random", "--over", "epochs"], "it has none that are worth searching."),
        (["search", "TEXT", "--over", "windows"], "not a setting of skipgram"),
        (["search", "TEXT", "--over", "window=9..3"], "must go up"),
        (
            ["search", "TEXT", "--over", "window=2..9", "--set", "window=12"],
            "window is set to 12 and searched over 2..9;",
        ),
        (["search", "TEXT", "--over", "initial"], "no range of its own"),
        (["search", "TEXT", "--trials", "1"], "trials must be"),
        (["search", "TEXT", "--architecture", "random"], "nothing to search"),
        (["search", "TEXT", "--over", "window", "--score", "held_out_loss"], "changes its meaning with window"),
        (["train", "TEXT", "--seeds", "1"], "seeds must be"),
        (["train", "TEXT", "--seeds", "many"], "seeds must be"),
        (["train", "TEXT", "--seeds", "3", "--architecture", "lsa"], "same whatever the seed"),
        (["studies", "no-such-study"], "There is no study"),
        (["studies", "../../etc"], "There is no study"),
        (["stability", "no-such-study"], "There is no study"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_made(capsys, home, text, arguments, says):
    given = [text if one == "TEXT" else one for one in arguments]
    assert says in refused(capsys, *given, "--home", home)
    assert (Store(home).runs(), studies(Store(home)), Store(home).corpora()) == ([], [], [])
