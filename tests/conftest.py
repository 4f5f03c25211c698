"""What holds for all tests: those that drive a browser come last.

Playwright keeps an event loop running in the main thread until the session ends; tests that start a loop of their own
must have been before it.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
