"""Home: the empty state, a run as a card, the button that trains a sample."""

from core.errors import CorpusError
from core.runs.records import Result, result_path
from pages.ui import cards


def texts(app):
    return " ".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


def test_without_runs_the_samples_are_the_page(empty_home, open_page):
    app = open_page("home.py")
    assert app.button(key="first").label == "Train a sample now"
    assert "Recent runs" not in [one.value for one in app.subheader]
    assert "Sample corpora" in [one.value for one in app.subheader]
    assert app.button(key="train-sample-pydoc_topics")


def test_a_run_stands_as_a_card_with_its_name_as_text(full_home, open_page):
    app = open_page("home.py")
    run = full_home.runs()[0]
    assert "Recent runs" in [one.value for one in app.subheader]
    assert "**First \\<b\\>run\\</b\\>**" in texts(app)
    assert "Skip\\-gram" in texts(app) or "Skip-gram" in texts(app)
    assert "words" in texts(app)
    assert app.metric[0].value == f"{run.result.loss:.3f}"
    assert app.button(key=f"map-{run.id}")


def test_a_card_tells_the_loss_that_lists_and_the_command_line_tell(full_home, open_page, monkeypatch):
    row = cards.run_rows(full_home.runs()[0])[-1]
    monkeypatch.setattr(cards, "run_rows", lambda _: [{**row, "loss": loss} for loss in (3.0, 2.0, 1.0)])
    assert open_page("home.py").metric[0].value == "1.000", "the last one, not what smoothing makes of it"


def test_a_failed_run_says_why(full_home, open_page):
    run = full_home.runs()[0]
    Result(attempt=1, outcome="failed", reason="It left *all* bounds at step 3; try 0.025.").save(
        result_path(run.folder, 1)
    )
    app = open_page("home.py")
    assert "It left \\*all\\* bounds" in texts(app)


def test_a_damaged_run_takes_nothing_down(full_home, open_page):
    run = full_home.runs()[0]
    (run.folder / "spec.json").write_text("{", "utf-8")
    app = open_page("home.py")
    assert "damaged run" in texts(app)
    assert app.button(key=f"why-{run.id}")


def test_one_press_starts_a_sample_and_shows_it(full_home, open_page, monkeypatch):
    run = full_home.runs()[0].id
    monkeypatch.setattr("pages.ui.starting.start_sample", lambda name, preset="balanced": run)
    app = open_page("home.py")
    app.button(key="first").click().run()
    assert not app.exception
    assert app.query_params["run"] in (run, [run])
    assert app.session_state[f"live.mode.{run}"] == "timed"


def test_what_keeps_a_sample_from_starting_is_said(empty_home, open_page, monkeypatch):
    def refuse(name, preset="balanced"):
        raise CorpusError("The disk is full (0 MB free); make room and try again.")

    monkeypatch.setattr("pages.ui.starting.start_sample", refuse)
    app = open_page("home.py")
    app.button(key="first").click().run()
    assert not app.exception
    assert "The disk is full" in app.error[0].value
