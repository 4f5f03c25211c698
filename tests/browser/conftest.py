"""Fixtures of the browser tests: a served app, pages in light, dark and phone size, and a guard over both.

Chromium is found by $CHROME or at the usual places. Without one the tests are skipped, and fail where CI=true.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 60.0  # seconds a server may take to answer
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
# On a deep link Streamlit probes for its base path: two 404s that say nothing.
PROBES = ("/_stcore/health", "/_stcore/host-config")

# What a page comes to in the end is tried here, not how fast: a busy machine takes its time.
expect.set_options(timeout=30_000)

Serve = Callable[..., str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """Path of a Chromium, or None."""
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
    places = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
        "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    ]
    found = [os.environ.get("CHROME"), *map(shutil.which, names), *places]
    return next((path for path in found if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        reason = "no Chromium on this machine; install one or set $CHROME to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: Path, log: Path, env: Mapping[str, str]) -> Iterator[str]:
    """Run `streamlit run app` on a free port until the block ends; yields the address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app), f"--server.port={port}", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)} | dict(env)
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not come up; its log:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`serve("app.py", SEMASCOPE_HOME=…)` starts an app (once per app and environment) and returns its address.

    Relative paths count from the root of the repository. Without SEMASCOPE_HOME the app gets an empty store.
    """
    running: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    open_servers = []

    def start(app: str | Path, **env: str) -> str:
        wanted = (str(app), tuple(sorted(env.items())))
        if wanted not in running:
            folder = tmp_path_factory.mktemp("served")
            store = {"SEMASCOPE_HOME": str(folder / "home")}
            server = served(_with_fonts(ROOT / app, folder), folder / "server.log", store | env)
            running[wanted] = server.__enter__()
            open_servers.append(server)
        return running[wanted]

    yield start
    for server in reversed(open_servers):
        server.__exit__(None, None, None)


def _with_fonts(app: Path, folder: Path) -> Path:
    """A demo app of the tests moves next to a copy of the static files, where Streamlit looks for them."""
    if app.parent != Path(__file__).parent / "apps":
        return app
    shutil.copytree(ROOT / "pages" / "static", folder / "static")
    return Path(shutil.copy(app, folder))


class Guard:
    """Watches a context: errors on the console, errors of scripts, requests that leave the machine."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self.allowed: list[str] = []
        context.on("console", self._message)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._request)

    def allow(self, text: str) -> None:
        """Errors that contain `text` are expected by this test."""
        self.allowed.append(text)

    def _message(self, message: ConsoleMessage) -> None:
        harmless = "404" in message.text and str(message.location.get("url", "")).endswith(PROBES)
        if message.type == "error" and not harmless:
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        address = urlparse(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname not in {"127.0.0.1", "localhost"}:
            self.faults.append(f"request to {request.url}")

    def check(self) -> None:
        left = [fault for fault in self.faults if not any(text in fault for text in self.allowed)]
        assert not left, "\n".join(left)


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`open_context("phone", color_scheme="dark")`: a guarded context; the guard is its attribute `guard`."""
    contexts: list[BrowserContext] = []

    def start(size: str = "desktop", **options: object) -> BrowserContext:
        settings: dict[str, object] = {"viewport": SIZES[size], "color_scheme": "light"}
        if size == "phone":
            settings |= {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
        context = browser.new_context(**(settings | options))  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.guard = Guard(context)  # type: ignore[attr-defined]
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()
    for context in contexts:
        context.guard.check()  # type: ignore[attr-defined]


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context().new_page()


@pytest.fixture
def dark_page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context(color_scheme="dark").new_page()


@pytest.fixture
def phone_page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context("phone").new_page()


def settled(page: Page, timeout: float = 30_000) -> None:
    """Wait until the page is connected and its script has come to rest."""
    page.wait_for_selector("[data-test-connection-state=CONNECTED]", timeout=timeout, state="attached")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=timeout)
