"""The start of the server: the first sample is asked for, and no state of a store keeps the server from coming up."""

import asyncio
import gc

import pytest

import app
from core.errors import StoreError


def start() -> None:
    async def once() -> None:
        async with app.lifespan(app.app):
            pass

    try:
        asyncio.run(once())
    finally:
        gc.unfreeze()


def test_the_first_sample_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(app, "store", lambda: "the store")
    monkeypatch.setattr(app, "prepare_first", asked.append)
    start()
    assert asked == ["the store"]


@pytest.mark.parametrize("error", [StoreError("The disk is full."), PermissionError(13, "Permission denied")])
def test_a_store_that_cannot_be_used_does_not_stop_it(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(app, "store", refuse)
    start()
