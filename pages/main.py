"""The router: page settings, logo, the one run picker, then the page that was asked for."""

from pathlib import Path

import streamlit as st

from pages.ui import guards
from pages.ui.projector import projector_switch
from pages.ui.session import is_dark, store

HERE = Path(__file__).parent

# Pages that look at one run; main.py shows the run picker above them.
OF_A_RUN = {"map", "neighbours", "arithmetic", "bias"}


def page(path: str, title: str, icon: str, **options):
    return st.Page(HERE / path, title=title, icon=icon, url_path=Path(path).stem, **options)


PAGES = [
    st.Page(HERE / "home.py", title="Home", icon=":material/home:", default=True),
    page("train/corpus.py", "Corpus", ":material/description:"),
    page("train/train.py", "Train", ":material/play_circle:"),
    page("explore/map.py", "Map", ":material/scatter_plot:"),
    page("explore/neighbours.py", "Neighbours", ":material/hub:"),
    page("explore/arithmetic.py", "Arithmetic", ":material/calculate:"),
    page("judge/bias.py", "Bias", ":material/balance:"),
    page("train/runs.py", "Runs", ":material/list:"),
]

st.set_page_config(page_title="Semascope", page_icon=str(HERE / "static" / "icon.png"), layout="wide")
st.logo(str(HERE / "static" / f"logo-{'dark' if is_dark() else 'light'}.svg"), size="large")
current = st.navigation(PAGES, position="top")
guards.need_store(store)
if current.url_path == "train":
    guards.adopt_corpus_of_link()
    guards.adopt_study()
guards.adopt_link()
projector_switch()
if current.url_path in OF_A_RUN:
    guards.pick_run()
current.run()
