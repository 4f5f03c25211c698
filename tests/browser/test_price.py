"""The price tag in a browser: it looks for the trial by itself, takes its price over, and then lets the server rest."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.runs.store import Store
from tests.browser.conftest import Serve, settled
from tests.browser.test_app import end_processes, no_errors, write_text

TAG = ".st-key-price"
MEASURED = re.compile("Measured .*on this machine")


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    yield Store(tmp_path / "home")
    end_processes(tmp_path / "home")


@pytest.mark.slow
def test_the_price_is_measured_while_one_looks(page: Page, serve: Serve, store: Store, tmp_path) -> None:
    corpus = store.add_corpus(write_text(tmp_path / "kinds.txt"))
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{serve('app.py', SEMASCOPE_HOME=str(store.home))}/train?corpus={corpus}")
    settled(page)
    expect(page.locator(TAG)).to_contain_text(MEASURED, timeout=90_000)
    page.wait_for_timeout(1500)
    before = len(sent)
    page.wait_for_timeout(2000)
    assert len(sent) == before  # the tag has stopped looking
    page.get_by_label("Dimensions", exact=True).fill("40")
    page.get_by_label("Dimensions", exact=True).press("Tab")
    expect(page.locator(TAG)).to_contain_text("being measured")
    expect(page.locator(TAG)).to_contain_text(MEASURED, timeout=90_000)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("link", name="Open the map")).to_be_visible(timeout=90_000)
    (run,) = store.runs()
    assert run.spec is not None
    assert run.spec.predicted is not None
    assert run.spec.predicted.by == "trial"
    assert getattr(run.spec.params, "dimensions", 0) == 40
    no_errors(page)
