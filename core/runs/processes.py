"""Processes of our own: how they are started, told apart from strangers, and ended."""

import contextlib
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

import core
from core.runs.locks import is_held
from core.runs.paths import now
from core.runs.records import Attempt
from core.runs.spec import versions

__all__ = ["boot_id", "ensure", "is_alive", "kill_checked", "own_attempt", "peak_memory", "process_start", "spawn"]

ROOT = Path(core.__file__).resolve().parents[1]
START_PATIENCE = 30.0
_starting = threading.Lock()
_started: "dict[Path, tuple[subprocess.Popen[bytes], float]]" = {}


def spawn(
    module: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start `python -m module` so that it outlives whoever starts it: own session, no stdin, output into a log.

    Args:
        module: dotted name.
        arguments: ids and paths; no shell sees them.
        log: file that its output is appended to.
        environment: variables to set besides those of this process.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            close_fds=True,
            start_new_session=os.name != "nt",
            creationflags=0x08000200 if os.name == "nt" else 0,  # no window, a process group of its own
        )


def ensure(module: str, home: Path, lock: Path, log: Path) -> None:
    """Start a process of which there is one per store, unless somebody holds its lock.

    Cheap enough to call at every turn: one that was started a moment ago and has not yet come to its lock is waited
    for, not started again. If it ends before us, a thread takes note, so that no zombie stays behind.
    """
    if is_held(lock):
        return
    with _starting:
        child, moment = _started.get(lock, (None, 0.0))
        if child is not None and child.returncode is None and time.monotonic() - moment < START_PATIENCE:
            return
        child = spawn(module, ["--home", str(home)], log)
        _started[lock] = child, time.monotonic()
        threading.Thread(target=child.wait, name=f"wait for {child.pid}", daemon=True).start()


def process_start(pid: int) -> str:
    """When a process began, in a unit of the system's own; empty if there is none.

    With it a pid that the system has given to somebody else is not mistaken for the old one.
    """
    try:
        # Field 22, in ticks since boot: unlike psutil's time of day it does not move when the clock is set.
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return text.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    with contextlib.suppress(psutil.Error):
        return f"{psutil.Process(pid).create_time():.2f}"
    return ""


def boot_id() -> str:
    """Id of the machine's boot; the time of the boot where the system has no id."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"{psutil.boot_time():.0f}"


def own_attempt(number: int) -> Attempt:
    """The record of an attempt that this process makes."""
    pid = os.getpid()
    return Attempt(
        number=number,
        pid=pid,
        process_start=process_start(pid),
        boot=boot_id(),
        host=platform.node()[:80],
        at=now(),
        versions=versions(),
    )


def peak_memory() -> int:
    """Most bytes of memory that this process has had in use; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return int(getattr(psutil.Process().memory_info(), "peak_wset", 0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def is_alive(attempt: Attempt) -> bool:
    """Whether the process that made an attempt still exists, be it as a zombie."""
    known = attempt.pid > 1 and attempt.process_start and attempt.boot == boot_id()
    return bool(known) and process_start(attempt.pid) == attempt.process_start


def kill_checked(attempt: Attempt) -> bool:
    """Kill the process that made an attempt, and no other; returns whether it was there to be killed."""
    if attempt.pid <= 1 or not attempt.process_start or attempt.boot != boot_id():
        return False
    if not hasattr(os, "pidfd_open"):
        if process_start(attempt.pid) != attempt.process_start:
            return False
        with contextlib.suppress(psutil.Error):
            psutil.Process(attempt.pid).kill()
            return True
        return False
    try:
        descriptor = os.pidfd_open(attempt.pid)
    except OSError:
        return False
    try:
        # The descriptor is of one process for ever: if it is the right one now, the signal reaches the right one.
        if process_start(attempt.pid) != attempt.process_start:
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
