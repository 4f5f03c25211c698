"""`python -m core.kernels` compiles the usual kernels and leaves them in numba's cache."""

import importlib
import pkgutil

import core.kernels


def main() -> None:
    """Call `warm()` of every module of this package that has one."""
    for module in pkgutil.iter_modules(core.kernels.__path__):
        if not module.name.startswith("_"):
            warm = getattr(importlib.import_module(f"core.kernels.{module.name}"), "warm", None)
            if warm is not None:
                warm()


if __name__ == "__main__":
    main()
