"""Locks that the system lets go of when their holder dies, however it dies.

A trainer takes a lock with patience; a reader only looks. Looking must not steal: where the system can, a reader
asks for a shared lock, which disturbs no other reader and a trainer only for microseconds.
"""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["PATIENCE", "SECOND_LOOK", "hold", "is_held", "surely_free", "try_hold"]

PATIENCE = 5.0
SECOND_LOOK = 0.05


def try_hold(path: Path, patience: float = 0.0) -> FileLock | None:
    """Take the lock at `path` until it is released or this process ends.

    Args:
        path: the lock file; made where it does not exist, left in place afterwards.
        patience: seconds to wait for it; 0 tries once.

    Returns:
        The held lock, or None if somebody else kept it.

    Raises:
        StoreError: the file system knows no locks, or the file cannot be opened.
    """
    lock = FileLock(path, mode=0o600, fallback_to_soft=False, thread_local=False, poll_interval=0.02)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        return None
    except (OSError, NotImplementedError) as error:
        raise StoreError(
            f"{path.parent} cannot hold locks ({error}); choose a folder on a local disk with --home."
        ) from None
    return lock


@contextlib.contextmanager
def hold(path: Path, patience: float = PATIENCE) -> Iterator[bool]:
    """Hold a lock for a block; gives False, and holds nothing, where somebody else kept it."""
    lock = try_hold(path, patience)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock at this instant; one look, which a starting trainer can belie a moment later."""
    if fcntl is None:
        if not path.exists():
            return False
        lock = try_hold(path)
        if lock is None:
            return True
        lock.release()
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def surely_free(paths: Iterable[Path]) -> set[Path]:
    """Those of `paths` that nobody holds, now and 50 ms later; all of them share the one wait."""
    free = {path for path in paths if not is_held(path)}
    if free:
        time.sleep(SECOND_LOOK)
        free = {path for path in free if not is_held(path)}
    return free
