"""Corpus: empty, chosen, read from an upload or a path, deleted and taken back."""

import io
import time
from pathlib import Path

import pytest

from core.data.cleaning_preview import Stage
from core.data.corpus import Corpus
from core.data.diagnosis import diagnose
from core.data.examination import keep
from core.data.laws import PowerLaw
from core.data.options import CorpusOptions
from core.runs.settings import default_min_count
from pages.ui.adding import file_name, keep_upload
from pages.ui.before_after import rows_of
from pages.ui.corpus_card import command_of
from pages.ui.corpus_view import kept_options
from pages.ui.doctor_view import curve_options
from pages.ui.text import md


def wait_for_reading(app):
    deadline = time.monotonic() + 60
    while "adding.reading" in app.session_state and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert not app.exception, app.exception
    return app


def said(app):
    return " ".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


def open_tab(app, corpus, name):
    app.session_state[f"corpus.tabs.{corpus}"] = name
    app.run()
    assert not app.exception


def test_without_a_corpus_there_is_one_sentence(empty_home, open_page):
    app = open_page("train/corpus.py")
    assert "Bring a text" in said(app)


def test_a_corpus_shows_what_is_in_it(full_home, open_page):
    app = open_page("train/corpus.py")
    figures = {one.label: one.value for one in app.metric}
    assert figures["Documents"] == "601"
    assert set(figures) == {"Documents", "Words", "Different words"}
    assert "Two \\*kinds\\*" in said(app)
    lines, words = app.dataframe[0].value, app.dataframe[1].value
    assert list(lines["Line"][:2]) == [1, 2]
    assert words["Word"][0] == "the"
    assert words["Occurrences"][0] == 1200


def test_the_cut_says_what_it_keeps_and_what_it_drops(full_home, open_page):
    app = open_page("train/corpus.py")
    corpus = full_home.corpora()[0].id
    open_tab(app, corpus, "Rare words")
    app.select_slider(key=f"min_count.{corpus}").set_value(5).run()
    assert not app.exception
    kept = full_home.corpus(corpus).kept(5)
    assert f"**{100 * kept.share:.1f} %**" in said(app)
    assert f"*{kept.dropped[0]}*" in said(app)
    app.button(key="use_cut").click().run()
    assert not app.exception
    assert app.number_input(key="form.run.min_count").value == 5


def test_an_unknown_corpus_in_a_link_is_one_sentence(full_home, open_page):
    app = open_page("train/corpus.py", corpus="nothere")
    assert "There is no corpus" in app.error[0].value


def test_deleting_a_corpus_asks_what_goes(full_home, open_page):
    app = open_page("train/corpus.py")
    corpus = full_home.corpora()[0].id
    app.button(key=f"delete.{corpus}").click().run()
    assert not app.exception
    # The click inside a dialog is the browser's to try: here is what it asks.
    assert any("hold every word of its vocabulary" in one.value for one in app.caption)
    assert [option[:30] for option in app.radio(key=f"deleting.{corpus}").options] == [
        "Only the copy of its text, for",
        "Text and tokens: its runs stay",
        "Text, tokens and its 1 run.",
    ]


def test_an_upload_goes_to_the_disk_and_out_of_the_widget(empty_home, open_page):
    app = open_page("train/corpus.py")
    key = f"upload.{app.session_state['adding.key']}"
    table = 'id;review\n1;"a fine *hat* and a coat"\n2;"a coat and a fine hat again"\n'
    app.file_uploader(key=key).upload("../hats.csv", table.encode(), "text/csv").run()
    assert not app.exception, app.exception
    assert app.session_state["adding.key"] not in key
    kept = list((empty_home.home / "uploads").glob("*/*"))
    assert [path.name for path in kept] == ["hats.csv"]
    # What it will be read as is shown before it is read, and can be chosen.
    column = next(one for one in app.selectbox if one.label == "Column with the text")
    assert column.value == "review"
    assert column.options == ["id", "review"]
    assert app.dataframe[0].value["review"][0] == "a fine *hat* and a coat"
    app.button(key="reading.go").click().run()
    wait_for_reading(app)
    corpus = empty_home.corpora()[0]
    assert corpus.documents == 2
    assert list((empty_home.home / "uploads").glob("*")) == []
    assert app.query_params["corpus"] in (corpus.id, [corpus.id])


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"%PDF-1.4 nothing", ""), (b"... !!! ---\n", "")])
def test_a_file_without_words_is_one_sentence(empty_home, open_page, tmp_path, content, why):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    app = open_page("train/corpus.py")
    look_at(app, path)
    if not app.error:
        app.button(key="reading.go").click().run()
        wait_for_reading(app)
    assert len(app.error) == 1
    assert why in app.error[0].value
    assert empty_home.corpora() == []


def test_a_path_that_is_not_there_is_one_sentence(empty_home, open_page):
    app = open_page("train/corpus.py")
    app.segmented_control(key="adding.way").set_value("Path").run()
    app.text_input(key="adding.path").set_value("/no/such/file.txt").run()
    app.button(key="adding.look").click().run()
    assert "no file or folder" in app.error[0].value


def look_at(app, path):
    app.segmented_control(key="adding.way").set_value("Path").run()
    app.text_input(key="adding.path").set_value(str(path)).run()
    app.button(key="adding.look").click().run()
    assert not app.exception, app.exception


def test_a_guessed_encoding_is_shown_and_confirmed(empty_home, open_page, tmp_path):
    path = tmp_path / "alt.txt"
    path.write_bytes("Übermut tut selten gut, sagte die Köchin in München\n".encode("latin-1") * 50)
    app = open_page("train/corpus.py")
    look_at(app, path)
    assert "not UTF-8" in app.warning[0].value
    assert "Übermut" in app.dataframe[0].value["Text"][0]
    assert [one.key for one in app.button if str(one.key).startswith("reading.")] == [
        "reading.confirm",
        "reading.dismiss",
    ]
    app.button(key="reading.confirm").click().run()
    app.button(key="reading.go").click().run()
    wait_for_reading(app)
    corpus = empty_home.corpus(empty_home.corpora()[0].id)
    assert corpus.rank("übermut") is not None
    assert corpus.meta["options"]["encoding"] == "cp1252"


def test_from_an_upload_to_the_form_of_train(empty_home, open_page, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("note,topic\n" + "".join(f"a nurse wrote note {n},{n % 3}\n" for n in range(60)), "utf-8")
    app = open_page("train/corpus.py")
    look_at(app, path)
    app.button(key="reading.train").click().run()
    wait_for_reading(app)
    corpus = empty_home.corpora()[0]
    assert empty_home.corpus(corpus.id).labels == {"0": 20, "1": 20, "2": 20}
    assert app.session_state["form.corpus"] == corpus.id


def test_steps_are_added_set_and_kept(empty_home, open_page, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Nurses wrote to www.example.org in 2021\n" * 30, "utf-8")
    app = open_page("train/corpus.py")
    look_at(app, path)
    app.selectbox(key="add.step.0").set_value("urls").run()
    app.selectbox(key="add.step.1").set_value("stop_words").run()
    assert not app.exception, app.exception
    app.button(key="reading.go").click().run()
    wait_for_reading(app)
    corpus = empty_home.corpus(empty_home.corpora()[0].id)
    assert [step.split()[0] for step in corpus.meta["options"]["steps"]] == ["urls", "stop_words"]
    assert corpus.rank("example") is None
    assert corpus.rank("to") is None
    assert corpus.rank("nurses") is not None


def test_a_corpus_is_cleaned_differently(full_home, open_page):
    before = full_home.corpora()[0].id
    app = open_page("train/corpus.py")
    app.button(key="clean_again").click().run()
    assert not app.exception, app.exception
    app.selectbox(key="add.step.0").set_value("stop_words").run()
    app.button(key="reading.go").click().run()
    wait_for_reading(app)
    after = next(view.id for view in full_home.corpora() if view.id != before)
    assert full_home.corpus(after).meta["sha256"] == full_home.corpus(before).meta["sha256"]
    assert full_home.corpus(after).meta["options"]["steps"] == ["stop_words"]


def test_the_curve_marks_the_chosen_count():
    options = kept_options([(1, 100.0), (2, 90.0)], 2, dark=False)
    assert options["series"][0]["data"] == [100.0, 90.0]
    assert options["series"][0]["markPoint"]["data"] == [{"coord": ["2", 90.0]}]


def test_keeping_tokens_only_deletes_the_copy_of_the_text(full_home, open_page):
    app = open_page("train/corpus.py")
    corpus = full_home.corpora()[0]
    app.button(key=f"forget.{corpus.id}").click().run()
    assert not app.exception
    assert not (corpus.folder / "text.txt").exists()
    assert "evidence from its lines is off" in said(app)
    assert not full_home.corpus(corpus.id).has_text


@pytest.fixture
def examined(full_home):
    corpus = full_home.corpus(full_home.corpora()[0].id)
    return corpus, keep(corpus)


def test_the_doctor_speaks_and_its_advice_is_followed(full_home, open_page, examined):
    corpus, found = examined
    app = open_page("train/corpus.py")
    advice = diagnose(corpus, found, default_min_count(corpus.tokens_total))
    assert advice
    told = said(app)
    assert [one.text for one in advice if md(one.text, 500) not in told] == []
    number = next(n for n, one in enumerate(advice) if one.run)
    app.button(key=f"follow.{number}").click().run()
    assert not app.exception
    for name, value in advice[number].run.items():
        key = f"form.run.{name}" if name == "min_count" else f"form.{name}"
        assert app.session_state[key] == value


@pytest.mark.parametrize(
    ("tab", "shows"),
    [("Shape", "Heaps: exponent"), ("Facts", "English"), ("Split", "documents repeat"), ("Card", "sha256")],
)
def test_every_tab_has_its_content(full_home, open_page, examined, tab, shows):
    corpus, _ = examined
    app = open_page("train/corpus.py")
    open_tab(app, corpus.id, tab)
    everything = said(app) + " ".join(one.value for one in [*app.caption, *app.code])
    assert shows in everything


def test_the_page_says_that_the_doctor_counts(full_home, open_page):
    app = open_page("train/corpus.py")
    assert any("doctor is counting" in one.value for one in app.caption)


def test_a_law_is_drawn_between_its_ends():
    law = PowerLaw(100.0, -1.0, 1.0, 10)
    drawn = curve_options(((1, 10, 1000), (90, 11, 1)), law, "rank", "occurrences", False)["series"]
    assert drawn[0]["data"] == [[1, 90], [10, 11], [1000, 1]]
    # 100 / x reaches a single occurrence at 100: the line ends there.
    assert drawn[1]["data"] == [[1, 100.0], [100, 1.0]]
    assert len(curve_options(((1, 2), (3, 4)), None, "a", "b", True)["series"]) == 1


def test_the_command_of_the_card_reads_the_same(full_home, tmp_path):
    table = tmp_path / "my notes.csv"
    table.write_text("body,kind\n" + "a word and another,x\n" * 5, "utf-8")
    options = CorpusOptions(column="body", label_column="kind", lowercase=False)
    corpus = full_home.corpus(full_home.add_corpus(table, options, "notes"))
    expected = "python -m core inspect 'my notes.csv' --column body --label-column kind --no-lowercase"
    assert command_of(corpus) == expected


@pytest.mark.parametrize(
    ("source", "name", "options", "expected"),
    [
        ("planted_world.txt", "The planted world, cleaned", {}, "planted_world"),
        ("planted_world.txt", "mine", {}, "planted_world.txt"),
        ("-rf.txt", "x", {"tokenizer": "bpe vocabulary=500"}, "./-rf.txt --tokenizer 'bpe vocabulary=500'"),
        ("a.csv", "x", {"column": "-x y", "format": "csv"}, "a.csv --column='-x y' --format csv"),
        ("it's $(x).txt", "x", {"steps": ("urls to=",)}, "'it'\"'\"'s $(x).txt' 'urls to='"),
    ],
)
def test_what_the_card_tells_a_shell(source, name, options, expected):
    meta = {"source": source, "name": name, "options": CorpusOptions(**options).model_dump(mode="json")}
    assert command_of(Corpus(Path("nowhere"), meta)) == f"python -m core inspect {expected}"


def test_a_column_may_be_called_like_the_number_of_the_row(empty_home, open_page, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("#,text\n" + "one,the nurse wrote this\n" * 9, "utf-8")
    app = open_page("train/corpus.py")
    look_at(app, path)
    shown = app.dataframe[0].value
    assert list(shown.columns) == ["##", "#", "text"]
    assert (shown["##"][0], shown["#"][0]) == (1, "one")


def test_what_needs_its_file_cannot_be_cleaned_differently(full_home, open_page, examined):
    corpus, found = examined
    assert any(one.steps for one in diagnose(corpus, found, 2)), "there is advice to clean it"
    corpus.forget_text()
    app = open_page("train/corpus.py")
    assert app.button(key="clean_again").disabled
    assert "read the file again" in app.button(key="clean_again").help
    advice = diagnose(corpus, found, default_min_count(corpus.tokens_total))
    for number, one in enumerate(advice):
        if one.label:
            assert app.button(key=f"follow.{number}").disabled == bool(one.steps or one.tokenizer)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "passwd"),
        (".hidden.txt", "hidden.txt"),
        ("a\\b.csv", "a-b.csv"),
        ("\u202egnp.txt", "gnp.txt"),
        ("\u6f22" * 120 + ".csv", "\u6f22" * 66 + ".csv"),
        ("x" * 300 + ".txt", "x" * 120 + ".txt"),
        ("\n.txt", "upload.txt"),
        ("notes. and then all the rest", "notes. and then all the rest"),
    ],
)
def test_the_name_of_an_upload(name, file):
    assert file_name(name) == file


def test_an_upload_that_fails_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        name = "a.txt"

        def read(self, *_):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        keep_upload([Broken()], tmp_path / "uploads")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_phrases_are_shown_before_they_are_joined(empty_home, open_page, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("she went to new york and then to old york\nnew york is a town\n" * 20, "utf-8")
    app = open_page("train/corpus.py")
    look_at(app, path)
    app.session_state["reading.cleaning"] = True
    app.selectbox(key="add.step.0").set_value("phrases").run()
    app.button(key="show_phrases").click().run()
    assert not app.exception, app.exception
    assert "phrases would be joined" in said(app)
    table = next(one.value for one in app.dataframe if "Phrase" in one.value)
    assert "new york" in list(table["Phrase"])


def test_rows_of_before_and_after():
    before = Stage("", "As read", ("A b.", "C", ""), (0, 1, 2))
    after = Stage("sentences", "Sentences", ("A", "b."), (0, 0))
    rows = rows_of([4, 7, 9], before, after)
    assert rows == [
        {"#": 5, "Before": "A b.", "After": "A ⏎ b."},
        {"#": 8, "Before": "C", "After": "—"},
        {"#": 10, "Before": "", "After": "—"},
    ]
