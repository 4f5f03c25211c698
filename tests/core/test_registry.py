"""Registries find units by looking into a package."""

import subprocess
import sys

import pytest

from core.errors import UnknownNameError
from core.registry import Registry


class Unit:
    name = "alpha"
    title = "Alpha"
    summary = "The first."


def test_register_and_get() -> None:
    registry: Registry[type[Unit]] = Registry("unit", "tests")
    registry._loaded = True
    registry.register(Unit)
    assert registry.names() == ["alpha"]
    assert registry.get("alpha") is Unit
    assert len(registry) == 1


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    registry: Registry[type[Unit]] = Registry("unit", "tests")
    registry._loaded = True
    registry.register(Unit)
    with pytest.raises(UnknownNameError, match=r"There is no unit called “alpah”; did you mean alpha\?"):
        registry.get("alpah")


def test_two_files_of_one_name_are_a_mistake() -> None:
    registry: Registry[type[Unit]] = Registry("unit", "tests")
    registry._loaded = True
    registry.register(Unit)
    other = type("Other", (), {"name": "alpha", "__module__": "elsewhere"})
    with pytest.raises(ValueError, match="two units are called 'alpha'"):
        registry.register(other)
    registry.register(Unit)  # the same module again: a reload


def test_the_registry_of_architectures_finds_its_files() -> None:
    from core.architecture import ARCHITECTURES

    assert len(ARCHITECTURES) > 0
    for unit in ARCHITECTURES:
        assert unit.__module__ == f"core.architectures.{unit.name}"


def test_the_order_is_that_of_the_files_whatever_was_imported_first() -> None:
    script = (
        "import core.data.readers.pdf\nfrom core.data.reader import READERS\n"
        "print(READERS.names() == sorted(READERS.names()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
