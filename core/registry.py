"""A registry finds the units of one kind (architectures, metrics, formats …) by looking into their package.

Adding a unit is adding a file: the first question put to a registry imports every module of its package, and each
module registers its class under the class's `name`.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from rapidfuzz import process

from core.errors import UnknownNameError

__all__ = ["Named", "Registry"]


class Named(Protocol):
    """What every registered unit says of itself."""

    name: str
    title: str
    summary: str


T = TypeVar("T", bound=type)


class Registry(Generic[T]):
    """The units of one kind, by name, in the order of their file names.

    Args:
        kind: what a unit is called in messages (“architecture”).
        package: dotted name of the package whose modules hold the units.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._units: dict[str, T] = {}
        self._loaded = False

    def register(self, unit: T) -> T:
        """Class decorator: make `unit` known under its `name`."""
        name: str = unit.name  # type: ignore[attr-defined]
        # A reloaded module registers its class again; two files of one name are a mistake.
        known = self._units.get(name)
        if known is not None and known.__module__ != unit.__module__:
            raise ValueError(f"two {self.kind}s are called {name!r}: {known.__module__} and {unit.__module__}")
        self._units[name] = unit
        return unit

    def names(self) -> list[str]:
        """All names, in the order of the files."""
        self._load()
        return list(self._units)

    def get(self, name: str) -> T:
        """The unit called `name`; an unknown name is answered with the nearest one."""
        self._load()
        if name not in self._units:
            near = process.extractOne(name, list(self._units), score_cutoff=50)
            hint = f"did you mean {near[0]}" if near else f"is it one of {', '.join(self._units)}"
            raise UnknownNameError(f"There is no {self.kind} called “{name[:80]}”; {hint}?")
        return self._units[name]

    def __iter__(self) -> Iterator[T]:
        self._load()
        return iter(self._units.values())

    def __len__(self) -> int:
        self._load()
        return len(self._units)

    def _load(self) -> None:
        if self._loaded:
            return
        package = importlib.import_module(self.package)
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self.package}.{module.name}")
        # A module may have been imported by itself before; the order is that of the files all the same.
        self._units = dict(sorted(self._units.items(), key=lambda item: item[1].__module__))
        self._loaded = True
