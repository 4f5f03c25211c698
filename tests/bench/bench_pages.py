"""What a person waits for, in a real Chromium on a real server: `python -m tests.bench.bench_pages`.

Start pressed → first loss point (kernel cached, and for a width that was never used), the age of the newest point while
it trains, a change of page, a click on a map of 20,000 words → neighbours, and a map of 10,000 words by a worker that
is warm and by one that is fresh. The last column is the figure over its target: 1 or less meets it.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from core.runs.dispatcher import ensure_dispatcher
from core.runs.events import read_events
from core.runs.requests import answer, ask
from core.runs.spec import make_spec
from core.runs.store import Store
from tests.bench.corpus import film_reviews
from tests.browser.conftest import FLAGS, ROOT, chromium, served, settled

WORDS = 2_000_000
VOCABULARY = 20_000
CLICKS = 12
# What is only there when a page is.
SIGNS = {
    "Home": ".st-key-first",
    "Corpus": ".st-key-add",
    "Train": ".st-key-start",
    "Map": ".st-key-map_below",
    "Neighbours": ".st-key-neighbours_k",
    "Arithmetic": ".st-key-formula_without",
    "Bias": ".st-key-bias_test",
    "Runs": "[class*='st-key-runs-filter']",
}
FIRST_POINT = """run => {
  const grid = document.querySelector(`[class*='st-key-figures-${run}']`);
  return /^\\d/.test(grid?.querySelector('[data-testid=stMetricValue]')?.innerText);
}"""
ELAPSED = (
    "() => [...document.querySelectorAll(\"[class*='st-key-figures'] [data-testid=stMetricValue]\")].at(-1)?.innerText"
)
SWITCHED = """sign => document.querySelector(sign)?.offsetHeight > 0
  && document.querySelector('[data-test-script-state=notRunning]') !== null"""
ANSWERED = """([root, index]) => root.dataset.clicked === String(index) && root.dataset.near !== '0'
  && document.querySelector('[data-testid=stMain] h3')?.innerText === root.pointMap.cloud.name(index)"""

Row = tuple[str, float, float, str]


def end_processes(home: Path, module: str = "") -> None:
    """End the processes of this store (only those that run `module`), and no others."""
    mine = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if str(home) in command and (not module or module in command):
            mine.append(process)
            process.kill()
    psutil.wait_procs(mine, 10)


@contextmanager
def page_of(home: Path, log: Path, **env: str) -> Iterator[tuple[Page, str]]:
    """A server over the store and a browser on it."""
    with served(ROOT / "app.py", log, {"SEMASCOPE_HOME": str(home), **env}) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(60_000)
        yield page, url
        browser.close()


def wait(fact: Callable[[], object], seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise SystemExit("gave up waiting")
        time.sleep(0.01)


def trained(store: Store, corpus: str) -> str:
    """A run with exactly as many words as the target speaks of."""
    settings = {"corpus": corpus, "min_count": 1, "max_vocabulary": VOCABULARY}
    run = store.create_run(make_spec("skipgram", {"epochs": 2}, settings, "for clicks"))
    ensure_dispatcher(store)
    wait(lambda: not store.run(run).active)
    if store.run(run).state != "finished":
        raise SystemExit(store.run(run).reason)
    return run


def fill(page: Page, label: str, value: int) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(str(value))
    field.press("Tab")


def start(page: Page, store: Store) -> tuple[str, float]:
    """Press Start; the run, and the seconds until its first loss stands on the page."""
    before = {view.id for view in store.runs()}
    page.get_by_role("button", name="Start", exact=True).click()
    clicked = time.perf_counter()
    wait(lambda: {view.id for view in store.runs()} - before)
    (run,) = {view.id for view in store.runs()} - before
    page.wait_for_function(FIRST_POINT, arg=run)
    return run, time.perf_counter() - clicked


def stop(store: Store, run: str) -> None:
    store.stop(run)
    wait(lambda: not store.run(run).active)


def where_it_went(store: Store, run: str) -> str:
    """When each phase of the trainer began, in seconds of the trainer's own clock."""
    events = read_events(store.run_folder(run) / "events.jsonl")[1]
    return "trainer: " + ", ".join(f"{one['phase']} {one['seconds']:.2f}" for one in events if one["kind"] == "phase")


def starts(page: Page, url: str, store: Store, corpus: str, rounds: int) -> tuple[list[float], list[float], str]:
    """First points with the kernel cached; the ages of the newest point in the last of these runs."""
    seconds, ages, parts = [], [], ""
    for number in range(rounds):
        page.goto(f"{url}/train?corpus={corpus}")
        settled(page)
        fill(page, "Dimensions", 100)
        fill(page, "Epochs", 400)
        page.wait_for_timeout(1500)  # the worker looks whether the kernel is compiled; that is not Start's time
        run, first = start(page, store)
        seconds.append(first)
        if number == rounds - 1:
            ages, parts = newest_ages(page, store, run), where_it_went(store, run)
        stop(store, run)
    return seconds, ages, parts


def newest_ages(page: Page, store: Store, run: str, samples: int = 60) -> list[float]:
    """Seconds by which the page's newest point is behind the training's clock."""
    deadline = time.time() + 2
    begun = float("inf")
    while time.time() < deadline:  # a row is never seen before it is measured: the earliest look is the nearest
        begun = min(begun, time.time() - store.metrics(run)[1][-1]["seconds"])
        time.sleep(0.005)
    ages = []
    for _ in range(samples):
        shown = re.fullmatch(r"([\d.]+) s", page.evaluate(ELAPSED) or "")
        if shown:
            ages.append(time.time() - begun - float(shown[1]))
        page.wait_for_timeout(100)
    return ages


def never_used(page: Page, url: str, store: Store, corpus: str, widths: list[int]) -> tuple[list[float], str]:
    """First points of widths that no cache holds, Start pressed as soon as the width is typed."""
    seconds, parts = [], ""
    for width in widths:
        page.goto(f"{url}/train?corpus={corpus}")
        settled(page)
        fill(page, "Epochs", 400)
        settled(page)
        fill(page, "Dimensions", width)
        run, first = start(page, store)
        seconds.append(first)
        parts = where_it_went(store, run)
        stop(store, run)
    return seconds, parts


def switches(page: Page, url: str, run: str, rounds: int) -> dict[str, list[float]]:
    """Seconds from a click in the navigation to the page; the first round warms."""
    found: dict[str, list[float]] = {title: [] for title in SIGNS}
    page.goto(f"{url}/?run={run}")
    settled(page)
    for number in range(rounds + 1):
        for title in [*list(SIGNS)[1:], "Home"]:
            link = page.get_by_test_id("stHeader").get_by_role("link", name=title, exact=True)
            link.hover()
            clicked = time.perf_counter()
            link.click()
            page.wait_for_function(SWITCHED, arg=SIGNS[title])
            if number:
                found[title].append(time.perf_counter() - clicked)
            page.wait_for_timeout(700)
    return found


def clicks(page: Page, url: str, store: Store, run: str) -> list[float]:
    """Seconds from a click on the map to the card with its neighbours."""
    page.goto(f"{url}/map?run={run}&words={VOCABULARY}&projection=pca")
    settled(page)
    # Its version says when the worker's clusters have come: from then on nothing is drawn but for a click.
    drawn = f"[data-part=root][data-count='{VOCABULARY}'][data-version$='cluster-True']"
    page.wait_for_selector(drawn, state="attached", timeout=120_000)
    page.wait_for_timeout(3000)
    root = page.locator("[data-part=root]").element_handle()
    seconds = []
    for row in range(40, 40 + CLICKS * 37, 37):
        place = root.evaluate(
            """(root, row) => {
              const map = root.pointMap, [x, y] = map.screenPlace(row);
              return { x, y, index: map.pick(x, y, 6) };
            }""",
            row,
        )
        box = page.locator("[data-part=overlay]").bounding_box()
        page.mouse.move(box["x"] + place["x"], box["y"] + place["y"])
        page.wait_for_timeout(300)
        clicked = time.perf_counter()
        page.mouse.down()
        page.mouse.up()
        page.wait_for_function(ANSWERED, arg=[root, place["index"]])
        seconds.append(time.perf_counter() - clicked)
        page.wait_for_timeout(600)
    return seconds


def maps(store: Store, run: str) -> tuple[float, float]:
    """Seconds for a UMAP of 10,000 words by a worker that has to start, and by one that has done one before."""
    end_processes(store.home, "core.runs.worker")
    found = []
    for seed in (101, 102):
        asked = time.perf_counter()
        key = ask(store, run, "map", method="umap", words=10_000, seed=seed)
        wait(lambda key=key: answer(store, run, key).state in ("done", "failed"))
        found.append(time.perf_counter() - asked)
        if answer(store, run, key).state == "failed":
            raise SystemExit(answer(store, run, key).message)
    return found[0], found[1]


def spread(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} to {max(seconds):.2f}, n = {len(seconds)}"


def measure(scratch: Path, rounds: int, parts: set[str]) -> Iterator[Row]:
    store = Store(scratch / "home")
    corpus = store.add_corpus(film_reviews(WORDS), name="film reviews")
    run = trained(store, corpus)
    try:
        if "map" in parts:
            fresh, warm = maps(store, run)
            yield "map of 10,000 words, worker fresh", fresh, 6.0, ""
            yield "map of 10,000 words, worker warm", warm, 4.0, ""
        with page_of(store.home, scratch / "server.log") as (page, url):
            if "click" in parts:
                seconds = clicks(page, url, store, run)
                yield "click on 20,000 words → neighbours", statistics.median(seconds), 0.4, spread(seconds)
            if "switch" in parts:
                found = switches(page, url, run, rounds)
                every = [one for seconds in found.values() for one in seconds]
                each = ", ".join(f"{title} {statistics.median(seconds):.2f}" for title, seconds in found.items())
                yield "page switch, warm, median", statistics.median(every), 0.5, each
            if "start" in parts:
                seconds, ages, went = starts(page, url, store, corpus, rounds)
                yield "Start → first loss, kernel cached", statistics.median(seconds), 2.5, f"{spread(seconds)}; {went}"
                yield "age of the newest point, median", statistics.median(ages), 1.0, spread(ages)
        if "width" in parts:
            end_processes(store.home)
            # A cache of its own, filled by what set-up does and by one training, so that only the width is new.
            cache = {"NUMBA_CACHE_DIR": str(scratch / "cache")}
            os.environ.update(cache)
            subprocess.run([sys.executable, "-m", "core.kernels"], cwd=ROOT, check=True)
            trained(store, corpus)
            end_processes(store.home)
            with page_of(store.home, scratch / "server2.log", **cache) as (page, url):
                seconds, went = never_used(page, url, store, corpus, [208, 336])
                yield (
                    "Start → first loss, width never used",
                    statistics.median(seconds),
                    6.0,
                    f"{spread(seconds)}; {went}",
                )
    finally:
        end_processes(store.home)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parts", nargs="*", default=["map", "click", "switch", "start", "width"])
    args = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="semascope-bench-"))
    try:
        print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'':40}{'seconds':>8}{'target':>8}{'ratio':>7}")
        for title, figure, target, more in measure(scratch, args.rounds, set(args.parts)):
            print(f"{title:40}{figure:8.2f}{target:8.1f}{figure / target:7.2f}  {more}", flush=True)
        print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
