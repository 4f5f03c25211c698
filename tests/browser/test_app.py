"""The whole app from outside: what a person clicks, what a link opens, what survives a reload and a killed server.

One store and one trained run serve all tests of this file; the text is small enough to train in a second. Pictures of
every page go to $SEMASCOPE_PICTURES where that is set, else to pytest's temporary folder.
"""

import contextlib
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as Missed

from core.runs.dispatcher import ensure_dispatcher
from core.runs.spec import make_spec
from core.runs.store import Store
from core.space import EmbeddingSpace
from tests.browser.conftest import served, settled

PAGES = ("", "corpus", "train", "map", "neighbours", "arithmetic", "bias", "runs")
ROOT = "[data-part=root]"
LOSS = "[class*=st-key-figures] [data-testid=stMetricValue]"
AT_REST = "roots => roots.every(one => one.pointMap && !one.pointMap.motion.pending)"
A_NUMBER = "place => /^\\d/.test(document.querySelector(place)?.innerText)"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)
EPOCHS = {"short": 25, "long": 500}
HOSTILE = '<img src=x onerror="window.__x=1"> **bold** :red[hot] $x^2$ [c](javascript:alert(1)) :material/delete:'
HOSTILE_WORDS = ["<img src=x onerror=window.__x=1>", "**bold**:red[hot]$x^2$", "[c](javascript:window.__x=1)"]
# What the tokenizer leaves of an attack: words of letters; the lines stay as they were and are shown as evidence.
ATTACKS = [
    "<script>window.__x=1</script> alpha <img src=x onerror=window.__x=1> beta",
    '"><svg/onload=window.__x=1> alpha ![x](http://192.0.2.1/p.png) :red[hot] $x^2$ beta',
    '<a href="javascript:window.__x=1">alpha</a> {{7*7}} ${7*7} <b>beta</b> <!-- gamma',
]
KINDS = {
    "king": "queen prince princess duke wizard",
    "apple": "pear plum cherry bread cheese",
    "river": "lake sea brook harbour island",
    "violin": "flute drum guitar piano trumpet",
    "nurse": "doctor surgeon patient clinic medicine",
}
SENTENCES = ("the {0} and the {1} met the {2} near the old town", "a {0} was not far from a {1} or a {2} that day")


def write_text(path: Path, lines: int = 2500, seed: int = 1) -> Path:
    """Sentences whose three nouns are of one kind, so that there are neighbours to find."""
    rng = random.Random(seed)
    kinds = [[first, *rest.split()] for first, rest in KINDS.items()]
    names = [[f"{noun}{letter}" for noun in kind for letter in ("", "s", "like", "kin")] for kind in kinds]
    rows = [rng.choice(SENTENCES).format(*rng.sample(rng.choice(names), 3)) for _ in range(lines)]
    path.write_text("\n".join(rows) + "\n")
    return path


def end_processes(home: Path) -> None:
    """End dispatcher, worker and trainers of one store, and no others."""
    mine = []
    for process in psutil.process_iter(["cmdline"]):
        if str(home) in (process.info["cmdline"] or []):
            mine.append(process)
            process.kill()
    psutil.wait_procs(mine, 10)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("store") / "home"
    yield Store(home)
    end_processes(home)


@pytest.fixture(scope="module")
def corpus(store: Store, tmp_path_factory: pytest.TempPathFactory) -> str:
    return store.add_corpus(write_text(tmp_path_factory.mktemp("text") / "kinds.txt"))


@pytest.fixture(scope="module")
def train(store: Store) -> Callable[..., str]:
    """`train(corpus, length="short")` starts a run as the form does; it is waited for unless it is a long one."""

    def start(corpus: str, length: str = "short", name: str = "", **settings: object) -> str:
        params = {"dimensions": 32, "epochs": EPOCHS[length], "subsample": 0.0}
        spec = make_spec("skipgram", params, {"corpus": corpus, "min_count": 1, **settings}, name)
        run = store.create_run(spec)
        ensure_dispatcher(store)
        wait_for(lambda: store.run(run).state == "finished" if length == "short" else store.metrics(run)[1])
        return run

    return start


@pytest.fixture(scope="module")
def trained(train: Callable[..., str], corpus: str) -> str:
    return train(corpus, name="first run", watched=["king", "apple"])


@pytest.fixture(scope="module")
def app(serve: Callable[..., str], store: Store) -> str:
    return serve("app.py", SEMASCOPE_HOME=str(store.home))


def wait_for(fact: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def visit(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)


def no_errors(page: Page) -> None:
    """No exception box, and no sentence that something went wrong."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.locator("[data-testid=stAlertContentError]")).to_have_count(0)


def map_is_drawn(page: Page) -> None:
    """The worker's answers are there and the points have come to rest; until then a quick PCA stands in."""
    expect(page.get_by_text(re.compile(r"^UMAP of \d+ of \d+ words"))).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-map_progress [role=progressbar]")).to_have_count(0, timeout=60_000)
    settled(page)
    drawn(page)


def click_word(page: Page, index: int) -> None:
    """Click the point of the word with this rank."""
    x, y = page.locator(ROOT).evaluate("(root, i) => root.pointMap.screenPlace(i)", index)
    box = page.locator("[data-part=overlay]").bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)


def drawn(page: Page) -> None:
    """Nothing is still a grey bar: charts, tables and maps are loaded, and the map has come to rest."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    wait_for(lambda: page.locator(ROOT).evaluate_all(AT_REST))


def picture(page: Page, path: Path) -> None:
    """Photograph the whole page, however far it scrolls."""
    before = page.viewport_size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": before["width"], "height": max(before["height"], height)})
    drawn(page)
    page.screenshot(path=path)
    page.set_viewport_size(before)


def loss_of(page: Page) -> str:
    """The loss as the live view shows it, once there is one."""
    page.wait_for_function(A_NUMBER, arg=LOSS)
    return page.locator(LOSS).first.inner_text()


def test_a_cold_deep_link_shows_the_whole_app(page, store, trained, tmp_path):
    word = store.space(trained).keys[20]
    with served(Path(__file__).parents[2] / "app.py", tmp_path / "log", {"SEMASCOPE_HOME": str(store.home)}) as url:
        visit(page, f"{url}/map?run={trained}&word={word}")
        navigation = page.get_by_test_id("stHeader")
        for title in ("Home", "Corpus", "Train", "Map", "Neighbours", "Arithmetic", "Bias", "Runs"):
            expect(navigation.get_by_role("link", name=title, exact=True)).to_be_visible()
        expect(page.locator(".st-key-run_picker input")).to_have_value(re.compile("first run"))
        expect(page.get_by_role("heading", name=word, exact=True)).to_be_visible()
        assert "Inter" in page.evaluate("getComputedStyle(document.querySelector('.stApp')).fontFamily")
        # The navigation drops the query; run and word stay.
        navigation.get_by_role("link", name="Neighbours").click()
        page.wait_for_url(re.compile(rf"/neighbours\?.*run={trained}"))
        expect(page.get_by_role("textbox", name="Words")).to_have_value(word)
        no_errors(page)
        # Before the server goes: a chart may still be fetching its script.
        page.goto("about:blank")


def test_upload_train_watch_map_neighbours(page, app, store, tmp_path):
    visit(page, f"{app}/corpus")
    page.locator("input[type=file]").set_input_files(write_text(tmp_path / "my words.txt", lines=3000, seed=2))
    page.get_by_role("button", name="Read this text").click()
    page.get_by_role("button", name="Train on this corpus").click()
    page.wait_for_url(re.compile(r"/train\?"))
    page.get_by_label("Dimensions", exact=True).fill("32")
    # Some seconds of training even on a quick machine, so that there is something to see moving.
    page.get_by_label("Epochs", exact=True).fill("800")
    page.get_by_label("Epochs", exact=True).press("Tab")
    before = {view.id for view in store.runs()}
    page.get_by_role("button", name="Start").click()
    first = loss_of(page)
    # It moves without anybody touching the page.
    expect(page.locator(LOSS).first).not_to_have_text(first)
    expect(page.get_by_role("link", name="Open the map")).to_be_visible(timeout=60_000)
    assert float(loss_of(page)) < float(first)
    expect(page).to_have_title(re.compile("done"))
    (run,) = {view.id for view in store.runs()} - before
    page.get_by_role("link", name="Open the map").click()
    page.wait_for_url(re.compile(rf"/map\?.*run={run}"))
    map_is_drawn(page)
    for _ in range(3):  # points that are still gliding can be missed, by people too
        click_word(page, 40)
        with contextlib.suppress(Missed):
            page.wait_for_url(re.compile("word="), timeout=6_000)
            break
    word = store.space(run).keys[int(page.locator(ROOT).get_attribute("data-clicked"))]
    expect(page.get_by_role("heading", name=word, exact=True)).to_be_visible()
    expect(page.locator(ROOT)).to_have_attribute("data-near", re.compile("[1-9]"))
    page.get_by_role("link", name="All neighbours").click()
    page.wait_for_url(re.compile(rf"/neighbours\?.*word={word}"))
    expect(page.get_by_role("textbox", name="Words")).to_have_value(word)
    no_errors(page)


def test_a_lasso_gathers_words(page, app, trained):
    visit(page, f"{app}/map?run={trained}")
    map_is_drawn(page)
    box = page.locator("[data-part=overlay]").bounding_box()
    corners = [(0.03, 0.1), (0.97, 0.1), (0.97, 0.97), (0.03, 0.97), (0.03, 0.1)]
    page.keyboard.down("Shift")
    for step, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        if not step:
            page.mouse.down()
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ words$"))).to_be_visible()
    expect(page.get_by_text("Near all of them")).to_be_visible()
    with page.expect_download() as given:
        page.get_by_role("button", name="Words as CSV").click()
    assert Path(given.value.path()).read_text("utf-8-sig").startswith("word,count")
    no_errors(page)


def test_a_reload_keeps_the_run_and_the_run_keeps_training(page, app, store, corpus, train):
    run = train(corpus, "long")
    visit(page, f"{app}/train?run={run}")
    loss_of(page)
    page.reload()
    settled(page)
    assert f"run={run}" in page.url
    loss_of(page)
    assert store.run(run).state == "running"
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    assert store.run(run).state == "stopped"
    expect(page.get_by_role("link", name="Open the map")).to_be_visible()
    no_errors(page)


def test_a_killed_server_changes_nothing_for_a_run(page, store, corpus, tmp_path):
    script, home = Path(__file__).parents[2] / "app.py", {"SEMASCOPE_HOME": str(store.home)}
    with served(script, tmp_path / "log1", home) as url:
        # Started from the page, so that dispatcher and trainer are children of the server that will die.
        visit(page, f"{url}/train?corpus={corpus}")
        page.get_by_label("Epochs", exact=True).fill(str(EPOCHS["long"]))
        page.get_by_label("Epochs", exact=True).press("Tab")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url(re.compile("run="))
        run = re.search(r"run=([\w-]+)", page.url)[1]
        wait_for(lambda: store.metrics(run)[1])
        port = url.rpartition(":")[2]
        for process in psutil.Process().children():
            if f"--server.port={port}" in process.cmdline():
                process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
                process.wait(10)
        page.context.guard.allow("ERR_CONNECTION_REFUSED")
        page.context.guard.allow("WebSocket")
        page.context.guard.allow("disconnected from server")
    page.goto("about:blank")
    rows = len(store.metrics(run)[1])
    wait_for(lambda: len(store.metrics(run)[1]) > rows or store.run(run).state == "finished")
    with served(script, tmp_path / "log2", home) as url:
        visit(page, f"{url}/train?run={run}")
        loss_of(page)
        assert store.run(run).state in ("running", "finished")
        no_errors(page)
        store.stop(run)
        expect(page.get_by_role("link", name="Open the map")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("where", ["map", "neighbours", "arithmetic", "bias", "train", "runs"])
def test_an_unknown_run_in_a_link_is_one_sentence(page, app, trained, where):
    visit(page, f"{app}/{where}?run=no-such-run")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    said = page.locator("[data-testid=stAlert]").filter(has_text="no-such-run")
    expect(said).to_have_count(1)
    expect(said.locator("p")).to_have_count(1)


def test_an_unknown_word_gets_the_nearest_spellings(page, app, trained):
    visit(page, f"{app}/neighbours?run={trained}&word=kingg")
    expect(page.get_by_text("is not in the vocabulary; nearest spellings")).to_be_visible()
    page.get_by_role("radio", name="king", exact=True).click()
    expect(page.get_by_role("textbox", name="Words")).to_have_value("king")
    visit(page, f"{app}/map?run={trained}&word=kingg")
    expect(page.get_by_role("radio", name="king", exact=True)).to_be_visible()
    no_errors(page)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_every_page_fits_and_is_free_of_errors(open_context, app, trained, pictures, look):
    options = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": {"size": "phone", "user_agent": PHONE}}[look]
    page = open_context(**options).new_page()
    for where in PAGES:
        visit(page, f"{app}/{where}?run={trained}&word=king")
        if where == "map":
            map_is_drawn(page)
        drawn(page)
        no_errors(page)
        width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        picture(page, pictures / f"{where or 'home'}-{look}.png")
        assert width[0] <= width[1], f"{where or 'home'} is wider than the screen"
        background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 200) == (look == "dark")


def test_the_projector_switch_enlarges_this_viewers_page(page, app, trained):
    size = "getComputedStyle(document.documentElement).fontSize"
    names = "root => root.pointMap.overlay.labels.style('word').size"
    visit(page, f"{app}/map?run={trained}")
    map_is_drawn(page)
    usual = page.locator(ROOT).evaluate(names)
    assert page.evaluate(size) == "15px"
    page.get_by_text("Projector", exact=True).click()
    page.wait_for_url(re.compile("projector=1"))
    page.wait_for_function(f"() => {size} === '20px'")
    settled(page)
    assert page.locator(ROOT).evaluate(names) == pytest.approx(2 * usual)
    page.get_by_test_id("stHeader").get_by_role("link", name="Train").click()
    page.wait_for_url(re.compile(r"/train\?.*projector=1"))
    assert page.evaluate(size) == "20px"
    page.get_by_text("Projector", exact=True).click()
    page.wait_for_function(f"() => {size} === '15px'")
    assert "projector" not in page.url
    no_errors(page)


def test_words_and_names_are_text_wherever_they_come_from(page, app, store, train, tmp_path):
    path = tmp_path / "attack.txt"
    path.write_text("\n".join(ATTACKS * 60))
    corpus = store.add_corpus(path, name=HOSTILE)
    run = train(corpus, name=HOSTILE, watched=["alpha", "img"])
    # The tokenizer leaves letters of an attack; vectors that were brought along can name anything.
    keys = ["alpha", *HOSTILE_WORDS, *(f"word{i}" for i in range(40))]
    vectors = np.random.default_rng(1).normal(size=(len(keys), 8)).astype(np.float32)
    brought = store.add_space(EmbeddingSpace(keys, vectors, np.arange(len(keys), 0, -1)), HOSTILE, corpus=corpus)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    def harmless() -> None:
        no_errors(page)
        assert page.evaluate("window.__x") is None
        assert not page.locator("[onerror], [onload], a[href^='javascript:'], img[src='x'], .stMarkdown .katex").count()

    for where in PAGES:
        visit(page, f"{app}/{where}?run={run}&word=alpha&corpus={corpus}")
        drawn(page)
        harmless()
        if where in ("map", "neighbours", "arithmetic", "bias"):
            expect(page.locator(".st-key-run_picker input")).to_have_value(re.compile(re.escape(HOSTILE)))
        else:
            expect(page.get_by_text("<img src=x", exact=False).first).to_be_attached()
    for word in HOSTILE_WORDS:
        for where in ("map", "neighbours"):
            visit(page, f"{app}/{where}?run={brought}&word={quote(word)}")
            expect(page.get_by_role("heading", name=word, exact=True)).to_be_visible()
            harmless()
    visit(page, f"{app}/arithmetic?run={brought}&a={quote(HOSTILE_WORDS[0])}&b=alpha&c={quote(HOSTILE_WORDS[1])}")
    harmless()
    # A word that is not there is repeated in a sentence.
    visit(page, f"{app}/neighbours?run={brought}&word={quote(HOSTILE)}")
    harmless()
    assert not dialogs


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("SEMASCOPE_PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"pictures in {folder}\n")
    return folder
