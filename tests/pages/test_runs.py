"""Runs: the table, the chosen run in full, rename, delete with undo, import, downloads."""

import asyncio
import json
import shlex
from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
import pytest
from starlette.applications import Starlette

from core.__main__ import build_parser
from core.params import parse_assignments
from core.runs.archive import export_run
from core.runs.records import result_path
from core.runs.spec import IMPORTED, make_spec
from core.runs.trainer import train_run
from core.runs.worker import Worker
from pages.ui.exports import exports
from pages.ui.routes import ROUTES, export_url, file_url
from pages.ui.run_details import command_line


def said(app):
    return " ".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


@dataclass
class Answer:
    status_code: int
    headers: dict
    content: bytes

    @property
    def text(self):
        return self.content.decode("utf-8", "replace")


class Client:
    """Asks the routes as a server would, without one."""

    def get(self, path, headers=None):
        sent = {"host": "localhost", **(headers or {})}
        scope = {
            "type": "http",
            "method": "GET",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": b"",
            "scheme": "http",
            "http_version": "1.1",
            "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        messages = []
        incoming = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            return incoming.pop() if incoming else await asyncio.sleep(60)

        async def send(message):
            messages.append(message)

        asyncio.run(Starlette(routes=ROUTES)(scope, receive, send))
        start = messages[0]
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], found, b"".join(one.get("body", b"") for one in messages[1:]))


@pytest.fixture
def client():
    return Client()


def test_without_runs_there_is_one_sentence_and_one_button(empty_home, open_page):
    app = open_page("train/runs.py")
    assert "No runs yet" in said(app)
    assert app.button(key="empty_state")


def test_the_table_has_the_runs_and_the_link_chooses_one(full_home, open_page):
    run = full_home.runs()[0]
    app = open_page("train/runs.py", run=run.id)
    row = app.dataframe[0].value.iloc[0]
    assert row["Name"] == "First <b>run</b>"
    assert row["State"] == "finished"
    assert row["Loss"] == pytest.approx(run.result.loss)
    assert len(row["Curve"]) > 1
    assert run.id.replace("-", "\\-") in said(app)


def test_the_recipe_and_the_command_that_repeats_it(full_home, open_page):
    run = full_home.runs()[0]
    line = command_line(run)
    assert line.startswith(f"python -m core train {run.corpus} --architecture skipgram")
    assert "--set dimensions=16" in line
    assert "--watch king --watch apple" in line
    # What the line says, read back by the command line's own parser, is the same recipe.
    args = build_parser().parse_args(shlex.split(line)[3:])
    again = make_spec(
        args.architecture,
        parse_assignments(args.set),
        {
            **run.spec.settings.model_dump(),
            "seed": int(args.seed),
            "min_count": int(args.min_count),
            "held_out": float(args.held_out),
            "max_vocabulary": int(args.max_vocabulary),
            "watched": args.watch,
        },
    )
    assert again.params == run.spec.params
    assert again.settings == run.spec.settings


def test_rename_and_filter(full_home, open_page):
    run = full_home.runs()[0]
    app = open_page("train/runs.py", run=run.id)
    app.text_input(key=f"rename.{run.id}").set_value("A [better](http://x) name").run()
    app.button(key=f"rename.save.{run.id}").click().run()
    assert not app.exception
    assert full_home.run(run.id).name == "A [better](http://x) name"
    assert [one.value for one in app.subheader] == ["A \\[better\\]\\(http\\://x\\) name"]
    app.text_input(key="runs.filter").set_value("nothing like it").run()
    assert "No run fits" in said(app)


def test_delete_and_undo(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page("train/runs.py", run=run)
    app.button(key="act.delete").click().run()
    assert not app.exception
    assert full_home.runs() == []
    app.button(key="undo.run").click().run()
    assert not app.exception
    assert [view.id for view in full_home.runs()] == [run]


def test_a_damaged_run_is_listed_with_its_reason(full_home, open_page):
    run = full_home.runs()[0]
    (run.folder / "spec.json").write_text("{", "utf-8")
    app = open_page("train/runs.py", run=run.id)
    assert app.dataframe[0].value.iloc[0]["State"] == "damaged"
    assert "spec.json is damaged" in app.error[0].value.replace("\\", "")


def test_an_interrupted_run_can_be_resumed_here(full_home, open_page):
    run = full_home.runs()[0]
    result_path(run.folder, 1).unlink()
    app = open_page("train/runs.py", run=run.id)
    app.button(key="act.resume").click().run()
    assert not app.exception
    assert full_home.run(run.id).state == "queued"
    app.button(key="act.stop").click().run()
    assert full_home.run(run.id).state == "interrupted"


def test_retrain_opens_train_with_the_recipe(full_home, open_page):
    run = full_home.runs()[0]
    app = open_page("train/runs.py", run=run.id)
    app.button(key="act.again").click().run()
    assert not app.exception
    assert app.number_input(key="form.skipgram.dimensions").value == 16
    assert app.number_input(key="form.skipgram.epochs").value == 4
    assert app.multiselect(key="form.watched").value == ["king", "apple"]


def test_a_zip_comes_in(full_home, open_page, tmp_path):
    run = full_home.runs()[0].id
    export_run(full_home, run, tmp_path / "out.zip")
    app = open_page("train/runs.py")
    key = f"import.{app.session_state['import.key']}"
    app.file_uploader(key=key).upload("out.zip", (tmp_path / "out.zip").read_bytes(), "application/zip").run()
    assert not app.exception
    assert len(full_home.runs()) == 2
    assert full_home.runs()[0].spec.params == full_home.run(run).spec.params


def test_a_zip_that_is_none_is_one_sentence(full_home, open_page):
    app = open_page("train/runs.py")
    key = f"import.{app.session_state['import.key']}"
    app.file_uploader(key=key).upload("out.zip", b"no zip at all", "application/zip").run()
    assert not app.exception
    assert "is neither a header" in app.error[0].value
    assert len(full_home.runs()) == 1
    assert list((full_home.home / "uploads").iterdir()) == []


def test_vectors_come_in_by_upload_and_by_path(full_home, open_page, tmp_path):
    text = b"3 2\nking 1 2\n<b>x</b> 3 4\nking 5 6\n"
    app = open_page("train/runs.py")
    key = f"import.{app.session_state['import.key']}"
    app.file_uploader(key=key).upload("../../my *vectors*.txt", text, "text/plain").run()
    assert not app.exception
    run = full_home.runs()[0]
    assert (run.name, run.architecture, run.id) == ("my *vectors*", IMPORTED, app.session_state["run"])
    assert full_home.space(run.id).keys == ["king", "<b>x</b>"]
    # What was mended stays in sight.
    assert "there twice" in app.info[0].value
    assert list((full_home.home / "uploads").iterdir()) == []
    path = tmp_path / "vectors.bin"
    path.write_bytes(text)
    app.text_input(key="import.path").set_value(f" {path} ").run()
    app.button(key="import.take").click().run()
    assert not app.exception
    assert len(full_home.runs()) == 3
    for none in (str(tmp_path / "none.bin"), "~nobody-is-called-so/none.bin"):
        app.text_input(key="import.path").set_value(none).run()
        app.button(key="import.take").click().run()
        assert not app.exception
        assert "There is no file" in app.error[0].value
    assert len(full_home.runs()) == 3


@pytest.mark.parametrize("kind", [one.name for one in exports()])
def test_every_export_is_sent_whole(full_home, client, kind):
    run = full_home.runs()[0]
    answer = client.get(export_url(run.id, kind))
    assert answer.status_code == 200
    assert f"first-b-run-b-{run.id}" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")
    kept = list((run.folder / "derived" / "exports").iterdir())
    assert kept[0].read_bytes() == answer.content
    if kind == "word2vec_text":
        head = answer.content.split(b"\n")[0].split()
        assert head == [str(run.result.vocabulary).encode(), b"16"]


def test_files_of_a_run_are_sent(full_home, client):
    run = full_home.runs()[0]
    answer = client.get(file_url(run.id, "spec.json"))
    assert json.loads(answer.content)["architecture"] == "skipgram"


@pytest.mark.parametrize(
    "path",
    [
        "/download/../export/run",
        "/download/%2e%2e/file/spec.json",
        "/download/20200101-000000-aaaaaa/export/run",
        "/download/RUN/file/lock",
        "/download/RUN/file/..%2f..%2fFORMAT",
        "/download/RUN/file/checkpoints",
        "/download/RUN/export/nothing",
        "/download/RUN/export/fasttext",
        "/download/RUN/export/..%2frun",
    ],
)
def test_anything_else_is_not_there(full_home, client, path):
    answer = client.get(path.replace("RUN", full_home.runs()[0].id))
    assert answer.status_code in (404, 409)
    assert "Traceback" not in answer.text


def test_a_link_out_of_the_run_is_not_followed(full_home, client, tmp_path):
    (tmp_path / "secret").write_text("secret", "utf-8")
    run = full_home.runs()[0]
    (run.folder / "label.json").unlink(missing_ok=True)
    (run.folder / "label.json").symlink_to(tmp_path / "secret")
    assert client.get(file_url(run.id, "label.json")).status_code == 404


def test_a_foreign_host_gets_nothing(full_home, client, monkeypatch):
    monkeypatch.setattr("pages.ui.routes.is_host_allowed", lambda host: host == "localhost")
    run = full_home.runs()[0].id
    assert client.get(file_url(run, "spec.json")).status_code == 200
    assert client.get(file_url(run, "spec.json"), headers={"host": "evil.example"}).status_code == 404


def test_imported_vectors_have_no_command(full_home):
    run = full_home.add_space(full_home.space(full_home.runs()[0].id), "brought along")
    view = full_home.run(run)
    assert view.architecture == IMPORTED
    assert command_line(view) == ""


@pytest.fixture
def several(full_home):
    """The finished run, one that compares with it, one that does not, one without a loss; by what they are."""
    first = full_home.runs()[0]
    settings = first.spec.settings.model_dump()
    kinds = {
        "like": ("skipgram", {"dimensions": 8, "epochs": 2}),
        "unlike": ("skipgram", {"dimensions": 8, "epochs": 2, "negatives": 2}),
        "floor": ("random", {"dimensions": 8}),
    }
    made = {"first": first.id}
    for kind, (architecture, params) in kinds.items():
        made[kind] = full_home.create_run(make_spec(architecture, params, settings, kind))
        assert train_run(full_home, made[kind]) == 0
    return made


def compared(open_page, *runs):
    return open_page("train/runs.py", compare=",".join(runs))


def test_two_runs_whose_losses_mean_the_same_lie_on_one_chart(full_home, open_page, several):
    app = compared(open_page, several["first"], several["like"])
    assert "Skip\\-gram, nats per example \\(negatives 5, window 5\\)" in said(app)
    assert not app.info
    assert len(app.get("echarts_chart")) == 1
    assert len(app.dataframe) == 1, "no ranks are needed"


@pytest.mark.parametrize(
    ("other", "reason"), [("unlike", "do not mean the same"), ("floor", "There is no loss to compare for Random")]
)
def test_where_they_do_not_it_is_said_and_ranks_are_compared(full_home, open_page, several, other, reason):
    app = compared(open_page, several["first"], several[other])
    assert reason in app.info[0].value
    assert not app.get("echarts_chart")
    assert app.dataframe[1].value["Rank"].isna().all(), "nobody has measured yet"
    worker = Worker(full_home)
    while worker.turn():
        pass
    app.run()
    ranks = app.dataframe[1].value
    assert not app.exception
    assert sorted(ranks["Rank"]) == list(ranks["Rank"])
    assert ranks["Rank"].between(0, 100).all()
    assert (ranks["Words guessed"] > 0).all()


def test_gaps_filled_stand_beside_the_ranks_where_there_are_enough(full_home, open_page, tmp_path):
    rng = np.random.default_rng(1)
    words = [f"{letter}{number}" for letter in "ab" for number in range(150)]
    # Each line keeps to one half of the words, which vectors can learn; hardly any five in a row stand there twice.
    lines = [" ".join(words[150 * (line % 2) + n] for n in rng.integers(0, 150, 20)) for line in range(600)]
    (tmp_path / "varied.txt").write_text("\n".join(lines), "utf-8")
    settings = {"corpus": full_home.add_corpus(tmp_path / "varied.txt"), "held_out": 0.1, "threads": 1}
    made = [
        full_home.create_run(make_spec(name, {"dimensions": 12}, settings, name)) for name in ("random", "ppmi_svd")
    ]
    for run in made:
        assert train_run(full_home, run) == 0
    app = compared(open_page, *made)
    assert "Gaps filled" not in app.dataframe[1].value, "nobody has measured yet"
    worker = Worker(full_home)
    while worker.turn():
        pass
    app.run()
    ranks = app.dataframe[1].value
    assert not app.exception
    assert list(ranks["Run"]) == ["ppmi_svd", "random"], "the best stands first"
    assert ranks["Gaps filled"].iloc[0] > 0.6 > ranks["Gaps filled"].iloc[1] > 0.4


def test_those_that_compare_have_their_chart_beside_those_that_do_not(full_home, open_page, several):
    app = compared(open_page, *several.values())
    assert len(app.get("echarts_chart")) == 1
    assert len(app.dataframe[1].value) == 4


def test_runs_of_different_texts_have_neither_chart_nor_ranks(full_home, open_page, several, tmp_path):
    text = tmp_path / "other.txt"
    text.write_text("one fish two fish red fish blue fish\n" * 40, "utf-8")
    spec = make_spec("random", {"dimensions": 4}, {"corpus": full_home.add_corpus(text), "min_count": 1})
    run = full_home.create_run(spec)
    assert train_run(full_home, run) == 0
    app = compared(open_page, several["first"], run)
    assert "different texts" in app.info[0].value
    assert len(app.dataframe) == 1


def test_a_comparison_with_runs_that_are_not_here_is_the_table(full_home, open_page):
    app = open_page("train/runs.py", compare="20200101-000000-aaaaaa,../../etc,,")
    assert not app.info
    assert "Choose two or more" in said(app)


def test_held_out_numbers_of_different_lines_are_said_to_be(full_home, open_page, several):
    first = full_home.run(several["first"]).spec
    settings = first.settings.model_copy(update={"seed": 2})
    for architecture, params in (("skipgram", first.params.model_dump()), ("random", {"dimensions": 4})):
        run = full_home.create_run(make_spec(architecture, params, settings))
        assert train_run(full_home, run) == 0
        boxes = [one.value.replace("\\", "") for one in compared(open_page, several["first"], run).info]
        assert "They hold out different lines (seeds 1 and 2)" in boxes[-1]
