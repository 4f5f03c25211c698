"""What is compiled already, told from notes beside numba's cache."""

import importlib
import itertools
import pkgutil

import pytest

import core.kernels
from core.architecture import ARCHITECTURES
from core.errors import SettingsError
from core.params import describe, validate
from core.runs import compiled
from core.runs.compiled import compiling_ahead, warm
from core.starting import BEGINNING

SKIPGRAM = ARCHITECTURES.get("skipgram")
QUICK = ("product_kernel",)
"""Compiled within a second, and not told."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A machine that has compiled nothing, and compiles nothing."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(SKIPGRAM, "warm", lambda params: None)
    return tmp_path / "cache"


def params_of(unit=SKIPGRAM, **given):
    return validate(unit.Params, given, unit.name)


def test_what_was_compiled_is_not_compiled_again(folder):
    assert compiling_ahead(SKIPGRAM, params_of(dimensions=100)) == SKIPGRAM.compiling
    warm(SKIPGRAM, params_of(dimensions=100))
    assert compiling_ahead(SKIPGRAM, params_of(dimensions=100)) == 0
    assert compiling_ahead(SKIPGRAM, params_of(dimensions=97, epochs=3)) == 0  # rows of as many floats
    assert compiling_ahead(SKIPGRAM, params_of(dimensions=50)) > 0
    assert compiling_ahead(SKIPGRAM, params_of(output="full_softmax")) > 0
    assert compiling_ahead(ARCHITECTURES.get("random"), params_of(ARCHITECTURES.get("random"))) == 0


def test_code_of_other_sources_or_for_another_processor_is_compiled_anew(folder, monkeypatch):
    warm(SKIPGRAM, params_of())
    with monkeypatch.context() as changed:
        changed.setattr(compiled, "_sources", lambda: [["skipgram.py", 1, 2]])
        assert compiling_ahead(SKIPGRAM, params_of()) > 0
    with monkeypatch.context() as changed:
        changed.setattr(compiled, "_machine", lambda: ["another"])
        assert compiling_ahead(SKIPGRAM, params_of()) > 0
    assert compiling_ahead(SKIPGRAM, params_of()) == 0


def test_a_slow_machine_compiles_longer(folder, monkeypatch):
    clock = itertools.cycle((0.0, 3 * SKIPGRAM.compiling))
    with monkeypatch.context() as slow:
        slow.setattr(compiled.time, "monotonic", lambda: next(clock))
        warm(SKIPGRAM, params_of(dimensions=100))
    assert compiling_ahead(SKIPGRAM, params_of(dimensions=50)) == 3 * SKIPGRAM.compiling
    warm(SKIPGRAM, params_of(dimensions=300))  # was there and only loaded, which tells nothing
    assert compiling_ahead(SKIPGRAM, params_of(dimensions=50)) == 3 * SKIPGRAM.compiling


def test_a_damaged_note_and_a_folder_that_refuses_harm_nothing(folder, monkeypatch):
    (folder / "compiled-1.json").write_text("{", "utf-8")
    (folder / "compiled-2.json").write_text('{"seconds": "9", "expected": 0}', "utf-8")
    assert compiling_ahead(SKIPGRAM, params_of()) == SKIPGRAM.compiling
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder / "nowhere"))
    warm(SKIPGRAM, params_of())
    assert compiling_ahead(SKIPGRAM, params_of()) == SKIPGRAM.compiling


def test_what_is_interpreted_is_not_compiled(folder, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert compiling_ahead(SKIPGRAM, params_of()) == 0


def variations(unit):
    """Its defaults, and each setting but one as by default."""
    yield params_of(unit)
    for info in describe(unit.Params):
        others = info.choices or [True, False] if info.kind in ("choice", "switch") else [info.minimum, info.maximum]
        for value in others:
            for more in ({}, {"output": "hierarchical_softmax"}, {"output": "nce"}):
                if more.keys() <= unit.Params.model_fields.keys() and (info.group != BEGINNING or not more):
                    try:
                        yield params_of(unit, **{**more, info.name: value})
                    except SettingsError:  # not with the others as they are
                        continue


@pytest.mark.parametrize("unit", list(ARCHITECTURES), ids=lambda unit: unit.name)
def test_the_name_of_a_kernel_says_all_that_it_depends_on(unit, monkeypatch):
    wanted = []
    for found in pkgutil.iter_modules(core.kernels.__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"core.kernels.{found.name}")
        for name in [name for name in vars(module) if name.endswith("_kernel") and name not in QUICK]:
            monkeypatch.setattr(module, name, lambda *given, _name=name, **named: wanted.append((_name, given, named)))
    seen = {}
    for params in variations(unit):
        wanted.clear()
        unit.warm(params)
        names = tuple(unit.kernels(params))
        assert len(names) == len(wanted)
        assert seen.setdefault(names, list(wanted)) == wanted
    kinds = {str(code) for code in seen.values()}
    assert len(kinds) == len(seen), "as many names as there are kernels"
