"""What a module trains when numba compiles nothing, in a process of its own, beside what it trains compiled."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["assert_as_interpreted"]


def assert_as_interpreted(
    compiled: dict[str, Any], file: Path, module: str, *arguments: object, rtol: float, atol: float, timeout: int = 120
) -> None:
    """Fail where the module, run with numba's compiler off, writes other numbers than these.

    Args:
        compiled: what it shall write, by name.
        file: where it writes that to; among the arguments, too.
        module: it prints whether it was interpreted.
        arguments: of its command line.
        rtol: how far a number may be off, as a share of it.
        atol: and besides.
        timeout: seconds.
    """
    said = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        check=True,
        timeout=timeout,
        capture_output=True,
        text=True,
    )
    assert said.stdout == "interpreted\n"
    with np.load(file) as interpreted:
        assert set(interpreted) == set(compiled)
        for key, value in compiled.items():
            np.testing.assert_allclose(interpreted[key], value, rtol=rtol, atol=atol, err_msg=key)
