"""The kernel does the same compiled and interpreted, and stops and goes on at any place."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from core.kernels.tokenize import CLASS_SHIFT, JOINS, LETTER, SPACELESS, STRIPPED, count_words, grow_slots

ROOT = Path(__file__).resolve().parents[3]

# A world of few characters: letters (capitals become small), one mark, one that is taken out, one without spaces.
TABLE = np.arange(128, dtype=np.uint32)
for code in range(ord("a"), ord("z") + 1):
    TABLE[code] |= np.uint32(LETTER << CLASS_SHIFT)
    TABLE[code - 32] = TABLE[code]
TABLE[ord("'")] |= np.uint32(JOINS << CLASS_SHIFT)
TABLE[ord("~")] |= np.uint32(STRIPPED << CLASS_SHIFT)
TABLE[ord("=")] |= np.uint32(SPACELESS << CLASS_SHIFT)


def run(text: str, final: bool = True, longest: int = 5, capacity: int = 64) -> dict[str, list]:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    state = np.zeros(5, np.int64)
    slots, hashes = np.zeros(2 * capacity, np.int64), np.zeros(capacity, np.uint64)
    starts, counts = np.zeros(capacity + 1, np.int64), np.zeros(capacity, np.int64)
    pool = np.zeros(16 * capacity, np.uint32)
    tokens, ends = np.zeros(codes.size // 2 + 1, np.uint32), np.zeros(text.count("\n"), np.int64)
    with np.errstate(over="ignore"):
        stop, filled, lines = count_words(
            codes, 0, final, TABLE, longest, 4, np.uint64(7), state, slots, hashes, starts, pool, counts, tokens, ends
        )
    types = int(state[0])
    words = ["".join(map(chr, pool[first:end])) for first, end in itertools.pairwise(starts[: types + 1])]
    return {
        "stop": int(stop),
        "state": state.tolist(),
        "words": words,
        "counts": counts[:types].tolist(),
        "tokens": tokens[:filled].tolist(),
        "ends": ends[:lines].tolist(),
    }


TEXT = "Ab ab'c ~a~b\n 'x overlong\nshort ab"


def test_by_hand():
    out = run(TEXT)
    # “overlong” has eight letters, more than the five allowed here; “'x” begins with a mark, so the word is “x”.
    assert out["words"] == ["ab", "ab'c", "x", "short"]
    assert out["tokens"] == [0, 1, 0, 2, 3, 0]
    assert out["counts"] == [3, 1, 1, 1]
    assert out["ends"] == [3, 4]
    assert out["state"][2:] == [6, 1, 0]
    assert out["stop"] == len(TEXT)


def test_an_unfinished_word_is_left_for_the_next_call():
    out = run("ab cde", final=False)
    assert out["stop"] == 3
    assert out["words"] == ["ab"]
    out = run("ab cdefghi", final=False)
    assert (out["stop"], out["state"][3:]) == (10, [0, 1]), "inside an overlong word nothing has to be kept"


def test_a_long_run_without_spaces_is_cut():
    # After four characters, by the next one without spaces; what is overlong ends there too.
    out = run("=====a=' ab===cde= abcdef=b\n=", capacity=64)
    assert out["words"] == ["====", "=a='", "ab==", "=cde", "=", "=b"]
    assert out["tokens"] == [0, 1, 2, 3, 4, 5, 4]
    assert (out["ends"], out["state"][3]) == ([6], 1)
    whole = "=====abc"
    for cut in range(len(whole)):
        assert run(whole[:cut], final=False)["stop"] == (4 if cut > 4 else 0)


def test_a_full_table_stops_before_the_word():
    out = run("a b c d", capacity=2)
    assert out["stop"] == 4
    assert out["words"] == ["a", "b"]


def test_collisions_and_growth():
    hashes = np.full(10, 3, np.uint64)
    slots = np.zeros(16, np.int64)
    grow_slots(slots, hashes, 10)
    assert slots.tolist() == [0, 0, 0, *range(1, 11), 0, 0, 0]


def test_interpreted_gives_the_same():
    code = (
        "import sys, json, runpy; sys.path.insert(0, '.');"
        f"run = runpy.run_path({str(Path(__file__))!r})['run'];"
        f"print(json.dumps([run({TEXT!r}), run('ab cde', False), run('a b c d', capacity=2)]))"
    )
    env = {"NUMBA_DISABLE_JIT": "1", "PATH": "", "HOME": str(Path.home())}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [run(TEXT), run("ab cde", False), run("a b c d", capacity=2)]
