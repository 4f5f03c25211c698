"""Studies from outside: several seeds and a duel, from the choice beside Start to the table of scores."""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from core.runs.store import Store
from core.runs.studies.keeping import studies
from tests.browser.conftest import settled

KINDS = ("king queen prince duke", "apple pear plum cherry", "river lake sea brook", "violin flute drum guitar")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("store") / "home"
    yield Store(home)
    mine = [one for one in psutil.process_iter(["cmdline"]) if str(home) in (one.info["cmdline"] or [])]
    for process in mine:
        process.kill()
    psutil.wait_procs(mine, 10)


@pytest.fixture(scope="module")
def corpus(store: Store, tmp_path_factory: pytest.TempPathFactory) -> str:
    rng = random.Random(3)
    lines = [f"the {' and the '.join(rng.sample(rng.choice(KINDS).split(), 3))} met {i % 40} times" for i in range(900)]
    text: Path = tmp_path_factory.mktemp("text") / "kinds.txt"
    text.write_text("\n".join(lines) + "\n")
    return store.add_corpus(text)


@pytest.fixture(scope="module")
def form(serve: Callable[..., str], store: Store, corpus: str) -> str:
    return f"{serve('app.py', SEMASCOPE_HOME=str(store.home))}/train?corpus={corpus}"


def choose(page: Page, form: str, how: str) -> None:
    page.goto(form)
    settled(page)
    page.get_by_role("radio", name=how).click()
    settled(page)


def fill(page: Page, label: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=label)
    field.fill(value)
    field.press("Tab")
    settled(page)


def cell(page: Page, text: str) -> None:
    """A table has a cell that begins so; what is drawn is a picture, its words lie behind it."""
    expect(page.locator("[role=gridcell]", has_text=re.compile(f"^{re.escape(text)}")).first).to_be_attached()


def test_several_seeds_from_the_choice_to_what_they_agree_on(page, form, store):
    choose(page, form, "Several seeds")
    fill(page, "Seeds", "2")
    fill(page, "Epochs", "3")
    expect(page.get_by_text("Trains 2 times, differing by the seed alone")).to_be_visible()
    page.get_by_role("button", name="Start 2 trainings").click()
    expect(page.get_by_role("heading", name="What the seeds agree on")).to_be_visible(timeout=60_000)
    (made,) = studies(store)
    assert (made.state, len(made.runs)) == ("finished", 2)
    assert f"study={made.id}" in page.url
    expect(page.get_by_text("Least stable", exact=True)).to_be_visible()
    held_out = page.get_by_test_id("stMetric").filter(has_text="Held-out loss")
    expect(held_out.get_by_test_id("stMetricValue")).to_have_text(re.compile(r"^\d\.\d{4}$"))
    rank = page.get_by_test_id("stMetric").filter(has_text="Rank of the held-out word")
    expect(rank.get_by_test_id("stMetricValue")).to_have_text(re.compile(r"^\d+\.\d\d$"))
    page.reload()  # the link is the study
    expect(page.get_by_role("heading", name="What the seeds agree on")).to_be_visible()
    page.get_by_role("button", name="Explore the first").click()
    page.wait_for_url(re.compile(rf"/map\?.*run={made.runs[0].id}"))
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_duel_from_the_choice_to_the_table(page, form, store):
    choose(page, form, "Duel")
    fill(page, "Seconds each", "1")
    expect(page.get_by_text("2 × 1.0 s: 2.0 s at most, and the scoring.")).to_be_visible()
    page.get_by_test_id("stMain").evaluate("pane => pane.scrollTo(0, 500)")
    page.get_by_role("button", name="Start the duel").click()
    expect(page.get_by_role("button", name="Stop")).to_be_in_viewport()  # whoever was further down sees what happens
    expect(page.get_by_role("button", name="Explore the best")).to_be_visible(timeout=90_000)
    made = next(view for view in studies(store) if view.kind == "duel")
    assert made.state == "finished"
    for text in ("★", "Skip-gram", "CBOW", *(str(row.value)[:6] for row in made.rows)):
        cell(page, text)
    expect(page.get_by_text("lower is better; the floor is 50.00").first).to_be_visible()
    page.get_by_role("button", name="Train the best again").click()
    expect(page.get_by_role("radio", name="Once")).to_be_checked()
    best = next(row for row in made.rows if row.run.id == made.best)
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value(str(best.differs["epochs"]))
    page.get_by_test_id("stHeader").get_by_role("link", name="Runs").click()
    cell(page, "Duel · kinds")
    expect(page.get_by_test_id("stException")).to_have_count(0)
