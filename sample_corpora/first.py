"""The sample behind the first button, made before anybody presses it: `python -m sample_corpora.first --home HOME`.

Whoever starts a server on a new store means to try it. Making and reading the text takes a second or two of a core,
which a process of its own spends while people read the page.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from core.errors import SemascopeError
from core.runs.locks import hold
from core.runs.processes import ensure
from core.runs.store import Store
from sample_corpora.sample import sample_corpus

__all__ = ["FIRST", "is_new", "prepare_first"]

FIRST = "planted_world"
LOCK = "first-sample.lock"
log = logging.getLogger("semascope.first_sample")


def prepare_first(store: Store) -> None:
    """Have the first sample made beside this process, if the store is new; does not wait for it."""
    if is_new(store):
        ensure("sample_corpora.first", store.home, store.home / LOCK, store.home / "first-sample.log")


def is_new(store: Store) -> bool:
    """Whether nobody has put anything into the store yet, nor deleted anything: then nobody misses its emptiness."""
    return not (store.corpora() or store.runs() or any((store.workspace() / "trash").iterdir()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the first sample, unless somebody else is at it or the store is not new any more."""
    parser = argparse.ArgumentParser(prog="python -m sample_corpora.first", description="Make the first sample.")
    parser.add_argument("--home", help="folder of the store")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        store = Store(given.home)
        with hold(store.home / LOCK, patience=0) as mine:
            if mine and is_new(store):
                log.info("made %s", sample_corpus(FIRST, store).id)
    except SemascopeError as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
