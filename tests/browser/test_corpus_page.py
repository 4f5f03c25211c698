"""Corpus in a real browser: three clicks to a trained space, cleaning in sight, a deletion that asks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from core.runs.store import Store
from tests.browser.conftest import settled

LINES = [
    f"the {noun} by the {place} was seen by {who}, see www.example.org/{n}"
    for n, (noun, place, who) in enumerate(
        [(noun, place, who) for noun in ["ship", "boat", "ferry", "barge"] for place in ["quay", "pier", "dock"]
         for who in ["sailors", "fishers", "pilots", "captains", "merchants"]] * 12
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("store") / "home"
    yield Store(home)
    mine = [one for one in psutil.process_iter(["cmdline"]) if str(home) in (one.info["cmdline"] or [])]
    for process in mine:
        process.kill()
    psutil.wait_procs(mine, 10)


@pytest.fixture(scope="module")
def app(serve: Callable[..., str], store: Store) -> str:
    return serve("app.py", SEMASCOPE_HOME=str(store.home))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "harbour.csv"
    rows = [f'"{line}",{"calm" if n % 3 else "storm"}' for n, line in enumerate(LINES)]
    path.write_text("\n".join(["note,weather", *rows]) + "\n", "utf-8")
    return path


def bring(page: Page, app: str, path: Path) -> None:
    page.goto(f"{app}/corpus")
    settled(page)
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("nothing is added yet")).to_be_visible()


def test_three_clicks_from_a_table_to_a_trained_space(page, app, store, table):
    bring(page, app, table)  # the first: the file
    page.get_by_role("button", name="Read, then train").click()
    page.wait_for_url(re.compile(r"/train\?"))
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("link", name="Open the map")).to_be_visible(timeout=90_000)
    (run,) = store.runs()
    assert run.state == "finished"
    corpus = store.corpus(run.corpus)
    assert corpus.documents == len(LINES)
    # Nobody said which column holds the text and which the labels.
    assert corpus.meta["options"]["column"] == "note"
    assert corpus.labels == {"calm": 480, "storm": 240}
    assert {one.word for one in store_neighbours(store, run.id, "ship")} & {"boat", "ferry", "barge"}


def store_neighbours(store: Store, run: str, word: str) -> list:
    from core.neighbours import nearest

    return nearest(store.space(run), word, 3)


def test_steps_are_tried_before_they_are_taken(page, app, store, table):
    bring(page, app, table)
    page.get_by_text("Words and cleaning", exact=True).click()
    # Opening it runs the script; a list that opens meanwhile would be closed again.
    expect(page.get_by_text("Before and after")).to_be_visible()
    settled(page)
    adding = page.get_by_role("combobox", name=re.compile("Add a step"))
    adding.click()
    adding.fill("web addresses")
    expect(page.get_by_role("option")).to_have_count(1)
    adding.press("Enter")
    shown = page.get_by_test_id("stDataFrame").filter(has=page.locator("canvas"))
    expect(shown.last).to_be_visible()
    expect(page.get_by_text(re.compile("1 step")).first).to_be_visible()
    page.get_by_role("button", name="Read this text").click()
    expect(page.get_by_role("button", name="Train on this corpus")).to_be_visible(timeout=60_000)
    newest = store.corpora()[0].id
    corpus = store.corpus(re.search(r"corpus=(\w+)", page.url)[1] if "corpus=" in page.url else newest)
    assert [step.split()[0] for step in corpus.meta["options"]["steps"]] == ["urls"]
    assert corpus.rank("example") is None
    assert corpus.line(0).endswith("www.example.org/0")


def test_a_deletion_asks_and_is_undone(page, app, store):
    run = store.runs()[0]
    page.goto(f"{app}/corpus?corpus={run.corpus}")
    settled(page)
    page.locator(f"[class*=st-key-delete][class*='{run.corpus}'] button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("hold every word of its vocabulary")).to_be_visible()
    dialog.get_by_text("Text, tokens and its 1 run.").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert run.corpus not in {view.id for view in store.corpora()}
    assert run.id not in {view.id for view in store.runs()}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert run.corpus in {view.id for view in store.corpora()}
    assert run.id in {view.id for view in store.runs()}
