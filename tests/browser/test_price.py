"""The price tag in a browser: by size at once, by a trial when it is asked for."""

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
def test_the_price_is_measured_when_asked_for(page: Page, serve: Serve, store: Store, tmp_path) -> None:
    corpus = store.add_corpus(write_text(tmp_path / "kinds.txt"))
    page.goto(f"{serve('app.py', SEMASCOPE_HOME=str(store.home))}/train?corpus={corpus}")
    settled(page)
    measure = page.get_by_role("button", name="Measure it")
    measure.click()
    expect(page.locator(TAG)).to_contain_text(MEASURED, timeout=90_000)
    expect(measure).to_have_count(0)
    page.get_by_label("Dimensions", exact=True).fill("40")
    page.get_by_label("Dimensions", exact=True).press("Tab")
    measure.click()
    expect(page.locator(TAG)).to_contain_text(MEASURED, timeout=90_000)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("link", name="Open the map")).to_be_visible(timeout=90_000)
    (run,) = store.runs()
    assert run.spec is not None
    assert run.spec.predicted is not None
    assert run.spec.predicted.by == "trial"
    assert getattr(run.spec.params, "dimensions", 0) == 40
    no_errors(page)
