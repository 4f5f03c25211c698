"""Shifted positive pointwise mutual information of counts: how much oftener two words stand together than by chance."""

import math

import numpy as np
import numpy.typing as npt

from core.counting.sparse import Sparse
from core.negative_sampling.workers import Tally, Workers

__all__ = ["positive_information"]

PIECES = 64

Logs = npt.NDArray[np.float64]


def positive_information(counts: Sparse, smoothing: float, shift: float, threads: int) -> tuple[Sparse, Sparse]:
    """max(0, log(x_wc · Σx_c^s / (x_w · x_c^s)) − log k) for word w and context c, and its transpose.

    Args:
        counts: x, symmetric.
        smoothing: s, the exponent of the contexts' counts.
        shift: k.
        threads: worker threads.
    """
    sums = counts.row_sums()
    logs = np.log(np.where(sums > 0, sums, 1.0))
    smoothed = smoothing * logs
    whole = float(np.exp(smoothed[sums > 0]).sum()) if (sums > 0).any() else 1.0
    contexts = smoothed - math.log(whole) + math.log(shift)
    # The counts being symmetric, words and contexts change places in the transpose, and nothing else does.
    return _above_zero(counts, logs, contexts, threads), _above_zero(counts, contexts, logs, threads)


def _above_zero(counts: Sparse, row_logs: Logs, column_logs: Logs, threads: int) -> Sparse:
    from core.kernels.information import count_positive, write_positive

    bounds, lengths = counts.cut(PIECES).tolist(), np.empty(counts.rows, np.int64)
    given = counts.starts, counts.columns, counts.values, row_logs, column_logs

    def count(piece: int, tally: Tally) -> None:
        count_positive(*given, bounds[piece], bounds[piece + 1], lengths)
        tally.add(0.0, 0)

    with Workers(threads, count) as workers:
        workers.run(0, len(bounds) - 1, math.inf)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    columns, values = np.empty(starts[-1], np.uint32), np.empty(starts[-1], np.float32)

    def write(piece: int, tally: Tally) -> None:
        write_positive(*given, bounds[piece], bounds[piece + 1], starts, columns, values)
        tally.add(0.0, 0)

    with Workers(threads, write) as workers:
        workers.run(0, len(bounds) - 1, math.inf)
    return Sparse(starts, columns, values, counts.width)
