"""A store with a corpus and a trained run, made once; each test gets a copy, and no process is started behind it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.data.build import add_corpus
from core.data.options import CorpusOptions
from core.runs.spec import make_spec
from core.runs.store import Store

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "pages" / "main.py"


def sentences(count=600):
    """Two kinds of words in two kinds of sentences: enough for neighbours that differ."""
    kings, fruit = ["king", "queen", "throne", "crown"], ["apple", "pear", "plum", "cherry"]
    lines = []
    for i in range(count):
        words, verb = (kings, "rules") if i % 2 else (fruit, "grows")
        lines.append(f"the {words[i % 4]} {verb} near a {words[(i // 2) % 4]} and the {words[(i // 3) % 4]}")
    return "\n".join([*lines, "*bold* [link](http://x) $x$ <b>"]) + "\n"


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A home with one corpus and one finished run."""
    home = tmp_path_factory.mktemp("template") / "home"
    store = Store(home)
    source = home.parent / "two kinds.txt"
    source.write_text(sentences(), "utf-8")
    corpus = add_corpus(source, store.workspace() / "corpora", CorpusOptions(), "Two *kinds*")
    settings = {"corpus": corpus.id, "min_count": 1, "watched": ["king", "apple"]}
    spec = make_spec("skipgram", {"dimensions": 16, "epochs": 4}, settings, "First <b>run</b>")
    run = store.create_run(spec)
    command = [sys.executable, "-m", "core.runs.trainer", run, "--home", str(home)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    assert store.run(run).state == "finished"
    return home


@pytest.fixture
def empty_home(tmp_path, monkeypatch):
    """A store without anything; what pages would start is only noted."""
    return _use(tmp_path / "home", monkeypatch)


@pytest.fixture
def full_home(tmp_path, monkeypatch, template):
    """A store with one corpus and one finished run."""
    shutil.copytree(template, tmp_path / "home")
    return _use(tmp_path / "home", monkeypatch)


def _use(home, monkeypatch):
    monkeypatch.setenv("SEMASCOPE_HOME", str(home))
    st.cache_resource.clear()
    st.cache_data.clear()
    starting = ("starting", "live", "run_details", "train_form", "study_view", "study_list")
    for module in (f"pages.ui.{name}" for name in starting):
        monkeypatch.setattr(f"{module}.ensure_dispatcher", lambda store: None)
    monkeypatch.setattr("pages.ui.train_form.ask", lambda *args, **kwargs: "")
    monkeypatch.setattr("core.runs.requests.ensure_worker", lambda store: None)
    return Store(home)


@pytest.fixture
def open_page():
    """Opens a page of the app, with what its link says; fails on any exception."""

    def opened(page, **query):
        app = AppTest.from_file(str(MAIN), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        if page != "home.py":
            app.switch_page(page)
        app.run()
        assert not app.exception, app.exception
        return app

    return opened
